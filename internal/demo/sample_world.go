package demo

import (
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// worldMail is in the scripts of the world, some of it in the character sets
// that were usual before there was one for all.
func worldMail(c cast) []sample {
	return []sample{
		{
			box: home("INBOX"), flags: "seen starred", when: day(6, 6, 20), key: "cranes",
			from: c.hanako, to: []person{c.home},
			subject: "折り鶴をお送りします",
			body: plainIn("iso-2022-jp", japanese.ISO2022JP, `
エイダさま

先日はお手紙をありがとうございました。解析機関の図面、何度も拝見して
います。

こちらは雨の日が続き、庭の苔がきれいです。折り鶴を二十五羽、別便でお送
りします。一羽につき一つの演算、と思って折りました。最後の一羽だけ、折
り方を少し変えてあります。どこが違うか、見つけてください。

お体を大切に。

石井 花子
`),
		},
		{
			box: home("INBOX"), flags: "", when: day(1, 11, 2), key: "algebra",
			from: c.omar, to: []person{c.home},
			subject: "عن الجبر والآلة",
			body: plain(`
عزيزتي آدا،

وصلتني رسالتك عن الآلة التي تحسب وحدها، فقرأتها ثلاث مرات. أجدادنا سمّوا
هذا العلم «الجبر»، أي جمع ما انكسر، وما زلت أحب هذه الكلمة.

سألتِني عن الخوارزمي: نعم، من اسمه جاءت كلمة «الخوارزمية» (algorithm).
أليس جميلًا أن يصير اسم رجل اسمًا لطريقة؟

أرسل إليك جدول النجوم في الأسبوع القادم، 28 صفحة.

مع خالص التحية،
عمر
`),
		},
		{
			box: home("INBOX"), flags: "seen", when: day(8, 18, 5), key: "drawers",
			from: c.noa, to: []person{c.home},
			subject: "מה זה משתנה?",
			body: plain(`
עדה היקרה,

הקובייה הגיעה בשלום, ותודה! הילדים כבר כתבו לה שיר.

ניסיתי להסביר להם מה זה משתנה. בסוף אמרתי: זו מגירה עם שם, ומותר להחליף
את מה שבפנים. מאז כל המגירות בבית החליפו תוכן, ואני מחפשת את הגרביים.

ניפגש ביום שלישי, 18:30, ליד המדרגות?

נועה
`),
		},
		{
			box: work("INBOX"), flags: "seen answered", when: day(10, 8, 50), key: "samovar",
			from: c.pyotr, to: []person{c.work},
			subject: "Ошибка машины или человека?",
			body: plainIn("koi8-r", charmap.KOI8R, `
Дорогая Ада!

Пишу Вам из Петербурга, где опять туман. Наша счётная машина наконец
научилась вычитать. Правда, иногда она вычитает и то, о чём её не просили:
вчера пропал самовар.

Скажите, как Вы отличаете ошибку машины от ошибки человека? Мы спорим об
этом третий вечер. Я говорю, что машина не ошибается, а только доводит
нашу ошибку до конца.

Ваш Пётр Соколов
`),
		},
		{
			box: work("Sent"), flags: "seen", when: day(10, 19, 33), key: "samovar-2", re: "samovar",
			from: c.work, to: []person{c.pyotr},
			body: plain(`
Дорогой Пётр,

Вы правы: машина делает то, что мы ей приказали. (And I must go on in
English, as my Russian has the vocabulary of one opera.)

But look for the samovar first where you last divided by it.

Ada
`),
		},
		{
			box: home("INBOX"), flags: "seen", when: day(11, 13, 40), key: "antikythera",
			from: c.eleni, to: []person{c.home},
			subject: "Γρανάζια από τη θάλασσα",
			body: plain(`
Αγαπητή Άντα,

διάβασα τις σημειώσεις σου δίπλα στη θάλασσα. Στα Αντικύθηρα οι δύτες
βρήκαν κάποτε γρανάζια που ήξεραν τις εκλείψεις· ίσως η μηχανή σου να
είναι εγγονή τους.

Αν έρθεις, θα σου δείξω ένα κομμάτι χαλκό, δύο χιλιάδων χρόνων, με
δόντια. Τα μέτρησα: 223.

Με αγάπη,
Ελένη
`),
		},
		{
			box: home("INBOX"), flags: "", when: day(2, 7, 15), key: "pingala",
			from: c.asha, to: []person{c.home},
			subject: "क्या मशीन सोच सकती है?",
			body: plain(`
प्रिय आडा,

आपका पत्र मिला, धन्यवाद। हमारे यहाँ बच्चे आज भी शून्य से गिनना पसंद करते
हैं, और मुझे लगता है कि आपकी मशीन भी।

मैंने कक्षा में पूछा: क्या मशीन सोच सकती है? एक बच्ची ने कहा: पहले उससे
पूछो कि उसे नींद आती है या नहीं।

अगले पत्र में पिंगल के छंदों के बारे में लिखूँगी। वहाँ लघु और गुरु हैं,
जैसे आपके कार्ड में छेद और बिना छेद।

सस्नेह,
आशा
`),
		},
		{
			box: work("INBOX"), flags: "", when: ago(7*time.Hour + 15*time.Minute), key: "silk",
			from: c.lin, to: []person{c.work},
			subject: "你的运算表，我们的花本",
			body: plainIn("gb18030", simplifiedchinese.GB18030, `
艾达：

你好！来信收到了。我把你的运算表译成了中文，贴在织房的墙上。师傅们看了
说：这不就是花本吗？原来我们的提花机早就会“编程”了，只是没人这样叫它。

随信问一句：你的机器织错了，要拆几行？我们一般拆三行。

祝好
林梅
`),
		},
		{
			box: home("INBOX"), flags: "seen", when: day(17, 16, 25), key: "tiles",
			from: c.ines, to: []person{c.home},
			subject: "Azulejos: um padrão que não se repete",
			body: plainIn("iso-8859-1", charmap.ISO8859_1, `
Querida Ada,

o mestre dos azulejos diz que não é possível: com duas peças só, cobrir o
chão inteiro sem nunca repetir o padrão. Eu disse-lhe que conheço uma
senhora em Londres que gosta de coisas impossíveis.

Segue um caixote com duzentas peças de cada. Se conseguir, mande-me o
desenho. Se não, fica com um belo chão de cozinha.

Um abraço do Douro,
Inês
`),
		},
	}
}
