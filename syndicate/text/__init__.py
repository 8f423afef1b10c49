"""Pure helpers on strings: cleaning, dates, addresses, HTML, sentences, citations."""
