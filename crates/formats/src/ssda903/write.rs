//! A return written as files: one CSV a table, or one XML document.

use std::io::{self, Write};

use super::Table;

/// The rows of one table to be written, each with as many fields as the table has columns.
pub struct TableRows {
    /// The table.
    pub table: Table,
    /// Its rows, in the order in which they are to stand.
    pub rows: Vec<Vec<String>>,
}

/// Writes one table as CSV, with the column names of the collection guide.
pub fn write_csv(rows: &TableRows, mut to: impl Write) -> io::Result<()> {
    writeln!(to, "{}", rows.table.columns().join(","))?;
    for row in &rows.rows {
        for (place, field) in row.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            if field.contains(['"', ',', '\n', '\r']) {
                write!(to, "{comma}\"{}\"", field.replace('"', "\"\""))?;
            } else {
                write!(to, "{comma}{field}")?;
            }
        }
        writeln!(to)?;
    }
    to.flush()
}

/// The element that groups the rows of a table beneath a child's HEADER. Those of social workers and deprivation of
/// liberty are our own: no source names them.
fn group(table: Table) -> &'static str {
    match table {
        Table::Reviews => "AREVIEW",
        Table::Missing => "AMISSING",
        Table::PrevPerm => "PERMANENCE",
        Table::PlacedAdoption => "AD_PLACED",
        Table::Ad1 => "AD1",
        Table::Oc2 => "OC2",
        Table::Oc3 => "OC3",
        Table::SwEpisodes => "SW_EPISODE",
        Table::DoLo => "DOLO",
        Table::Header | Table::Uasc => "HEADER",
        Table::Episodes => "EPISODE",
    }
}

/// Writes a return as XML. Rows of all tables stand in the order of their children in the Header.
pub fn write_xml(tables: &[TableRows], mut to: impl Write) -> io::Result<()> {
    let mut next = vec![0usize; tables.len()];
    let headers = tables.iter().find(|rows| rows.table == Table::Header);
    writeln!(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EXPSSDA903>")?;
    for header in headers.map_or(&[][..], |rows| rows.rows.as_slice()) {
        let mut own: Vec<(Table, &[Vec<String>])> = Vec::new();
        for (rows, next) in tables.iter().zip(&mut next) {
            let from = *next;
            while rows.rows.get(*next).is_some_and(|row| row[0] == header[0]) {
                *next += 1;
            }
            own.push((rows.table, &rows.rows[from..*next]));
        }
        write!(to, "<CHILD><HEADER>")?;
        fields(&mut to, Table::Header, header)?;
        let uasc = own.iter().find(|(table, _)| *table == Table::Uasc).and_then(|(_, rows)| rows.first());
        write!(to, "<UASC>{}</UASC>", u8::from(uasc.is_some()))?;
        if let Some(duc) = uasc.and_then(|row| row.get(3)).filter(|duc| !duc.is_empty()) {
            write!(to, "<DUC>{}</DUC>", escaped(duc))?;
        }
        for (table, rows) in
            own.iter().filter(|(table, _)| !matches!(table, Table::Header | Table::Uasc | Table::Episodes))
        {
            for row in *rows {
                write!(to, "<{}>", group(*table))?;
                fields(&mut to, *table, row)?;
                write!(to, "</{}>", group(*table))?;
            }
        }
        writeln!(to, "</HEADER>")?;
        for row in own.iter().filter(|(table, _)| *table == Table::Episodes).flat_map(|(_, rows)| *rows) {
            write!(to, "<EPISODE>")?;
            fields(&mut to, Table::Episodes, row)?;
            writeln!(to, "</EPISODE>")?;
        }
        writeln!(to, "</CHILD>")?;
    }
    writeln!(to, "</EXPSSDA903>")?;
    to.flush()
}

/// The filled fields of a row. CHILD and DOB stand in the HEADER alone.
fn fields(to: &mut impl Write, table: Table, row: &[String]) -> io::Result<()> {
    for (column, field) in table.columns().iter().zip(row) {
        let name = match (table, *column) {
            (Table::Header, "CHILD") => "CHILDID",
            (_, "CHILD") => continue,
            (Table::Header, other) => other,
            (_, "DOB") => continue,
            (_, "PLACE") => "PL",
            (_, other) => other,
        };
        if !field.is_empty() {
            write!(to, "<{name}>{}</{name}>", escaped(field))?;
        }
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
