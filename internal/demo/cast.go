package demo

// cast is who writes in the sample mail. Some have lived, long ago, and would
// have liked electronic mail; their letters are invented all the same.
type cast struct {
	home, work person // Ada's two addresses

	charles, clement, luigi, mary, augustus, william, anne, mother person
	hanako, omar, noa, pyotr, eleni, asha, lin, juergen, ines      person
}

func newCast() cast {
	const ada = "Ada Lovelace"
	return cast{
		home:     person{ada, "ada@" + homeDomain},
		work:     person{ada, "ada@" + workDomain},
		charles:  person{"Charles Babbage", "charles@" + workDomain},
		clement:  person{"Joseph Clement", "joseph@clement-toolworks.example"},
		luigi:    person{"Luigi Menabrea", "luigi@torino.example"},
		mary:     person{"Mary Somerville", "mary@somerville.example"},
		augustus: person{"Augustus De Morgan", "augustus@gower-street.example"},
		william:  person{"William King", "william@" + homeDomain},
		anne:     person{"Annabella", "annabella@" + homeDomain},
		mother:   person{"Lady Byron", "lady.byron@kirkby.example"},
		hanako:   person{"石井 花子", "hanako@kyoto.example"},
		omar:     person{"عمر حداد", "omar@cairo.example"},
		noa:      person{"נועה לוי", "noa@haifa.example"},
		pyotr:    person{"Пётр Соколов", "pyotr@neva.example"},
		eleni:    person{"Ελένη Μάρκου", "eleni@athens.example"},
		asha:     person{"आशा राव", "asha@pune.example"},
		lin:      person{"林梅", "lin@suzhou.example"},
		juergen:  person{"Jürgen Weiß", "juergen@dresden.example"},
		ines:     person{"Inês Azevedo", "ines@douro.example"},
	}
}

// correspondents are those who answer when they are written to.
func (c cast) correspondents() []person {
	return []person{
		c.charles, c.clement, c.luigi, c.mary, c.augustus, c.william, c.anne, c.mother,
		c.hanako, c.omar, c.noa, c.pyotr, c.eleni, c.asha, c.lin, c.juergen, c.ines,
	}
}
