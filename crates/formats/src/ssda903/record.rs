//! One line cut into fields.

use csv_core::{ReadRecordResult, Reader};

/// The most fields a line may have; the widest table has thirteen.
const MOST_FIELDS: usize = 256;

/// Why a line could not be cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Broken {
    OpenQuote,
    TooManyFields,
}

/// Cuts lines with room that is used again for each.
pub(crate) struct Splitter {
    reader: Reader,
    input: Vec<u8>,
    output: Vec<u8>,
    ends: [usize; MOST_FIELDS],
}

impl Splitter {
    pub(crate) fn new() -> Splitter {
        Splitter { reader: Reader::new(), input: Vec::new(), output: Vec::new(), ends: [0; MOST_FIELDS] }
    }

    /// The fields of one line, which holds no line break.
    pub(crate) fn split<'r>(&'r mut self, line: &'r str) -> Result<Record<'r>, Broken> {
        if !line.as_bytes().contains(&b'"') {
            return self.at_commas(line);
        }
        self.reader.reset();
        self.input.clear();
        self.input.extend_from_slice(line.as_bytes());
        // Within an open quote a line break is part of the field, so only a line whose quotes are closed
        // makes a record of it.
        self.input.push(b'\n');
        self.output.resize(self.input.len(), 0);
        let (result, _, written, fields) = self.reader.read_record(&self.input, &mut self.output, &mut self.ends);
        match result {
            ReadRecordResult::Record => {
                let text = std::str::from_utf8(&self.output[..written]).unwrap_or_default();
                Ok(Record { text, ends: &self.ends[..fields], gap: 0 })
            }
            ReadRecordResult::OutputEndsFull => Err(Broken::TooManyFields),
            _ => Err(Broken::OpenQuote),
        }
    }

    /// A line without a quote is cut where it is: most lines are.
    fn at_commas<'r>(&'r mut self, line: &'r str) -> Result<Record<'r>, Broken> {
        let mut fields = 0;
        let commas = line.bytes().enumerate().filter(|&(_, byte)| byte == b',').map(|(place, _)| place);
        for end in commas.chain([line.len()]) {
            *self.ends.get_mut(fields).ok_or(Broken::TooManyFields)? = end;
            fields += 1;
        }
        Ok(Record { text: line, ends: &self.ends[..fields], gap: 1 })
    }
}

/// The fields of one line.
#[derive(Clone, Copy)]
pub(crate) struct Record<'r> {
    text: &'r str,
    ends: &'r [usize],
    /// Bytes between two fields: a comma, or none.
    gap: usize,
}

impl<'r> Record<'r> {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The field at a place, trimmed; empty past the last.
    pub(crate) fn get(&self, place: usize) -> &'r str {
        let Some(&end) = self.ends.get(place) else { return "" };
        let start = if place == 0 { 0 } else { self.ends[place - 1] + self.gap };
        let field = self.text.get(start..end).unwrap_or_default();
        // Most fields have nothing to trim, and to be told so by one look at each end is quicker.
        match field.as_bytes() {
            [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] | [] => field,
            _ => field.trim(),
        }
    }

    pub(crate) fn fields(self) -> impl Iterator<Item = &'r str> {
        (0..self.len()).map(move |place| self.get(place))
    }

    /// Spreadsheets write rows of nothing but commas under a table.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.chars().all(|one| one.is_whitespace() || (self.gap > 0 && one == ','))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str) -> Result<Vec<String>, Broken> {
        let mut splitter = Splitter::new();
        splitter.split(line).map(|record| record.fields().map(str::to_string).collect())
    }

    #[test]
    fn a_line_is_cut_at_its_commas() {
        assert_eq!(cut("a, b ,,c").unwrap(), ["a", "b", "", "c"]);
        assert_eq!(cut("\"a,b\",\"say \"\"c\"\"\"").unwrap(), ["a,b", "say \"c\""]);
        assert_eq!(cut("é,\"é\"").unwrap(), ["é", "é"]);
        assert_eq!(cut("").unwrap(), [""]);
        assert_eq!(cut(",\u{a0}é ,b").unwrap(), ["", "é", "b"]);
    }

    /// The library is the oracle: an empty pair of quotes in the last field changes nothing but who cuts.
    #[test]
    fn a_line_without_quotes_is_cut_as_the_library_cuts_it() {
        let parts = ["", "a", " b ", ",", "é", "\t", "\u{a0}", "0", ",,"];
        for number in 0..parts.len().pow(4) {
            let line: String = (0..4).map(|place| parts[number / parts.len().pow(place) % parts.len()]).collect();
            let (plain, quoted) = (cut(&format!("{line},")).unwrap(), cut(&format!("{line},\"\"")).unwrap());
            assert_eq!(plain, quoted, "{line:?}");
            let (mut one, mut other) = (Splitter::new(), Splitter::new());
            let (plain, quoted) = (format!("{line},"), format!("{line},\"\""));
            assert_eq!(one.split(&plain).unwrap().is_blank(), other.split(&quoted).unwrap().is_blank(), "{line:?}");
        }
    }

    #[test]
    fn an_open_quote_breaks_its_own_line_alone() {
        let mut splitter = Splitter::new();
        assert_eq!(splitter.split("a,\"b,c").err(), Some(Broken::OpenQuote));
        assert_eq!(splitter.split("a,b").unwrap().len(), 2);
        assert_eq!(splitter.split(&",".repeat(MOST_FIELDS)).err(), Some(Broken::TooManyFields));
        assert_eq!(splitter.split(&",".repeat(MOST_FIELDS - 1)).unwrap().len(), MOST_FIELDS);
        assert_eq!(splitter.split("a,b").unwrap().len(), 2);
    }
}
