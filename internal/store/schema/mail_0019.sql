-- Messages of a folder by date are those by their row of words, which is numbered by date.
DROP INDEX msg_folder_date;
