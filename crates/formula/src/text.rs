//! Reading and writing CSV: RFC 4180, a first row of names, lines that begin with `#` are notes.

use csv_core::{ReadRecordResult, ReaderBuilder};

use crate::Refused;

/// A row and its number in the file, as an editor counts lines of a file without quoted line breaks.
pub struct Row {
    pub number: usize,
    pub fields: Vec<String>,
}

/// A file read: names and rows of as many fields.
pub struct Sheet {
    /// The number of the row of names.
    pub head: usize,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

impl Sheet {
    /// Where a column is.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }
}

/// Reads a file whole; the first row that is too short, too long or twice named is refused.
pub fn read_sheet(file: &str, text: &str) -> Result<Sheet, Refused> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut records = records(text).into_iter();
    let (head, columns) = records
        .next()
        .ok_or_else(|| Refused::new("facts.empty", format!("{file} is empty; its first row names columns")))?;
    let columns: Vec<String> = columns.into_iter().map(|name| name.trim().to_owned()).collect();
    if let Some(twice) = columns.iter().enumerate().find(|(at, name)| !name.is_empty() && columns[..*at].contains(name))
    {
        let sentence = format!("{file}, row {head}: the column {} is named twice", twice.1);
        return Err(Refused::new("facts.columns", sentence));
    }
    let rows = records.map(|(number, fields)| {
        if fields.len() == columns.len() {
            return Ok(Row { number, fields });
        }
        let sentence =
            format!("{file}, row {number}: {} fields, but {} columns are named", fields.len(), columns.len());
        Err(Refused::new("facts.row", sentence))
    });
    let rows = rows.collect::<Result<_, _>>()?;
    Ok(Sheet { head, columns, rows })
}

fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut reader = ReaderBuilder::new().comment(Some(b'#')).build();
    let (mut input, mut records) = (text.as_bytes(), Vec::new());
    // A record is never longer than the file.
    let (mut output, mut ends) = (vec![0; text.len() + 1], vec![0; text.len() + 2]);
    let mut line = 1;
    loop {
        let (mut filled, mut fields) = (0, 0);
        let result = loop {
            let (result, read, wrote, ended) = reader.read_record(input, &mut output[filled..], &mut ends[fields..]);
            input = &input[read..];
            (filled, fields) = (filled + wrote, fields + ended);
            if !matches!(result, ReadRecordResult::InputEmpty) {
                break result;
            }
        };
        if matches!(result, ReadRecordResult::End) {
            return records;
        }
        let begins = |at: usize| if at == 0 { 0 } else { ends[at - 1] };
        let field = |at: usize| String::from_utf8_lossy(&output[begins(at)..ends[at]]).into_owned();
        let number = line;
        line = usize::try_from(reader.line()).unwrap_or(number).max(number + 1);
        records.push((line - 1, (0..fields).map(field).collect()));
    }
}

/// One line of CSV, quoted where it must be.
pub fn csv_line<I: IntoIterator<Item = S>, S: AsRef<str>>(fields: I) -> String {
    let quoted = fields.into_iter().map(|field| {
        let field = field.as_ref();
        if field.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field.to_owned()
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}
