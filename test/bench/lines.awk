# SPDX-License-Identifier: MIT
# Counts the lines of C and assembly files that hold more than blanks and comments; strings and character constants are
# respected. Prints `lines file` per file.
function line_count(text,    i, two, here, quote, kept) {
	kept = 0
	quote = ""
	for (i = 1; i <= length(text); i++) {
		here = substr(text, i, 1)
		two = substr(text, i, 2)
		if (comment) {
			if (two == "*/") {
				comment = 0
				i++
			}
		} else if (quote != "") {
			if (here == "\\")
				i++
			else if (here == quote)
				quote = ""
		} else if (two == "/*") {
			comment = 1
			i++
		} else if (two == "//") {
			break
		} else {
			if (here == "\"" || here == "'")
				quote = here
			if (here !~ /[ \t\r]/)
				kept = 1
		}
	}
	return kept
}
FNR == 1 { comment = 0 }
{ lines[FILENAME] += line_count($0) }
END { for (file in lines) print lines[file], file }
