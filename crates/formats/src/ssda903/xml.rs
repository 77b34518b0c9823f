//! A return as XML: `CHILD` elements with a `HEADER` and `EPISODE`s, read one child at a time.
//!
//! A table is known by the names of its fields, as in CSV, and not by the name of the element that groups them
//! (`AREVIEW`, `AMISSING`, `OC2`, `PERMANENCE`, `AD_PLACED`…): no source names the elements of the two newest tables,
//! social workers and deprivation of liberty. Two fields have other names here: `CHILDID` is CHILD, `PL` is PLACE.
//!
//! | cost | |
//! |---|---|
//! | memory | one child's fields, and the sheets they go to |
//! | entities | the five of XML and characters by number; a document type is refused, so nothing expands |

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::findings::Finding;
use super::load::{NO_TEXT, is_no_text};
use super::sheet::{Sheet, Sheets};
use super::{Refusal, Table};

/// Bytes asked of the source at a time.
const CHUNK: usize = 64 * 1024;
/// The longest piece of markup or text between two pieces of markup, in bytes. A field has twenty.
const LONGEST_PIECE: usize = 64 * 1024;
/// The most text that one child's element may hold, in bytes. A child with a thousand reviews has a tenth of it.
const LARGEST_CHILD: usize = 1024 * 1024;
/// How deep elements lie: the root, CHILD, HEADER, a group, a field.
const DEEPEST: usize = 8;
/// How many unknown fields are named.
const MOST_IGNORED: usize = 20;

/// The encoding, if the start of a file is that of XML: a byte order mark and the declaration say which.
pub(super) fn encoding(start: &[u8]) -> Option<&'static Encoding> {
    let (marked, start) = match Encoding::for_bom(start) {
        Some((marked, length)) => (Some(marked), &start[length..]),
        None => (None, start),
    };
    // In UTF-16 every second byte of the markup is nought.
    let plain: Vec<u8> = start.iter().copied().filter(|&byte| byte != 0).collect();
    if plain.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'<') {
        return None;
    }
    let unmarked = || match start {
        [0, _, ..] => UTF_16BE,
        [_, 0, ..] => UTF_16LE,
        _ => declared(&plain).filter(|&one| one != UTF_16LE && one != UTF_16BE).unwrap_or(UTF_8),
    };
    Some(marked.unwrap_or_else(unmarked))
}

/// What `<?xml … encoding="…"?>` names.
fn declared(start: &[u8]) -> Option<&'static Encoding> {
    let text = String::from_utf8_lossy(start);
    let declaration = text.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    Encoding::for_label(value[1..].split(quote).next()?.as_bytes())
}

/// Reads one document to its end, into the sheets that its fields belong to.
pub(super) fn read(
    file: &str,
    data: Box<dyn Read + '_>,
    encoding: &'static Encoding,
    into: &mut Sheets,
) -> Result<(), Refusal> {
    let mut document = Document {
        file,
        sheets: Table::ALL.map(|table| Sheet::new(table, file)),
        ignored: Vec::new(),
        child: Child::default(),
        path: Vec::new(),
        text: String::new(),
    };
    let mut reader = Reader::from_reader(Utf8::new(data, encoding));
    let mut piece = Vec::new();
    loop {
        piece.clear();
        reader.get_mut().left = LONGEST_PIECE;
        let event = reader.read_event_into(&mut piece);
        let line = reader.get_ref().line;
        let event = event.map_err(|error| document.refused(line, &error.to_string()))?;
        if matches!(event, Event::Eof) {
            break;
        }
        document.take(event, line, into)?;
    }
    if !document.path.is_empty() {
        return Err(document.refused(reader.get_ref().line, "it ends before its elements are closed"));
    }
    let Document { sheets, ignored, .. } = document;
    for mut sheet in sheets {
        // A document is a whole return: a table without rows is there, and empty.
        if !sheet.is_empty() || sheet.table.since() <= into.year.ends() {
            sheet.encoding = encoding.name();
            if sheet.table == Table::Header {
                sheet.ignored.clone_from(&ignored);
            }
            into.sheets.push(sheet);
        }
    }
    Ok(())
}

/// A group of fields: an EPISODE, an AREVIEW, or what stands in the HEADER itself.
#[derive(Default)]
struct Group {
    line: u32,
    fields: Vec<(String, String)>,
}

impl Group {
    fn get(&self, name: &str) -> &str {
        self.fields.iter().rev().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }
}

/// The child being read.
#[derive(Default)]
struct Child {
    /// What stands in the HEADER itself.
    own: Group,
    groups: Vec<Group>,
    size: usize,
}

struct Document<'d> {
    file: &'d str,
    sheets: [Sheet; Table::ALL.len()],
    ignored: Vec<String>,
    child: Child,
    /// The open elements. Each has its name, and its group once it has a field.
    path: Vec<(String, Group)>,
    text: String,
}

impl Document<'_> {
    fn refused(&self, line: u32, reason: &str) -> Refusal {
        Refusal::Xml { file: self.file.to_owned(), line, reason: reason.to_owned() }
    }

    fn take(&mut self, event: Event<'_>, line: u32, into: &mut Sheets) -> Result<(), Refusal> {
        match event {
            Event::Start(start) => self.start(start.local_name().as_ref(), line),
            Event::Empty(start) => {
                self.start(start.local_name().as_ref(), line)?;
                self.end(line, into)
            }
            Event::End(_) => self.end(line, into),
            Event::Text(text) => self.more(line, &text),
            Event::CData(text) => self.more(line, &text),
            Event::GeneralRef(name) => {
                let one = match &*name {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => name.resolve_char_ref().ok().flatten(),
                };
                match one {
                    Some(one) => self.more(line, one.encode_utf8(&mut [0; 4])),
                    None => Err(self.refused(line, "it uses an entity that XML does not have")),
                }
            }
            Event::DocType(_) => Err(self.refused(line, "it has a document type, which a return needs not")),
            _ => Ok(()),
        }
    }

    fn start(&mut self, name: &str, line: u32) -> Result<(), Refusal> {
        if self.path.len() >= DEEPEST {
            return Err(self.refused(line, "its elements lie deeper than those of any return"));
        }
        let name = match name.to_ascii_uppercase() {
            name if name == "CHILDID" => "CHILD".to_owned(),
            name if name == "PL" => "PLACE".to_owned(),
            name => name,
        };
        self.grow(line, name.len())?;
        self.text.clear();
        if self.path.len() == 1 {
            self.child = Child::default();
        }
        self.path.push((name, Group { line, fields: Vec::new() }));
        Ok(())
    }

    fn more(&mut self, line: u32, text: &str) -> Result<(), Refusal> {
        self.grow(line, text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    fn grow(&mut self, line: u32, by: usize) -> Result<(), Refusal> {
        self.child.size += by;
        if self.child.size > LARGEST_CHILD {
            return Err(self.refused(line, "one of its elements holds more than a child's whole return can"));
        }
        Ok(())
    }

    /// A leaf is a field of the element around it; an element with fields is a group.
    fn end(&mut self, line: u32, into: &mut Sheets) -> Result<(), Refusal> {
        let Some((name, group)) = self.path.pop() else { return Ok(()) };
        let text = std::mem::take(&mut self.text);
        let depth = self.path.len();
        if depth == 0 {
            return Ok(());
        }
        if depth == 1 {
            let mut own = group.fields;
            self.child.own.fields.append(&mut own);
            let child = std::mem::take(&mut self.child);
            return self.child_ends(&child, line, into);
        }
        match self.path.last_mut() {
            _ if name == "HEADER" && depth == 2 => {
                self.child.own.line = group.line;
                self.child.own.fields.extend(group.fields);
            }
            _ if !group.fields.is_empty() => self.child.groups.push(group),
            Some((_, around)) => around.fields.push((name, text.trim().to_owned())),
            None => {}
        }
        Ok(())
    }

    fn child_ends(&mut self, child: &Child, line: u32, into: &mut Sheets) -> Result<(), Refusal> {
        let own = &child.own;
        let line = if own.line == 0 { line } else { own.line };
        self.row(Table::Header, own, own, line, into)?;
        // UASC is 0 or 1 here; only who is, or has a date on which it ceased, has a row of that table.
        if own.get("UASC") == "1" || !own.get("DUC").is_empty() {
            self.row(Table::Uasc, own, own, line, into)?;
        }
        for table in [Table::Oc3, Table::Ad1] {
            if table.columns()[2..].iter().any(|column| !own.get(column).is_empty()) {
                self.row(table, own, own, line, into)?;
            }
        }
        for group in &child.groups {
            let there = |table: &Table| {
                let columns = table.columns().iter().filter(|column| !matches!(**column, "CHILD" | "DOB" | "SEX"));
                columns.filter(|column| group.fields.iter().any(|(field, _)| field == *column)).count()
            };
            let table = Table::ALL.into_iter().rev().max_by_key(there).filter(|table| there(table) > 0);
            if let Some(table) = table.filter(|table| *table != Table::Header) {
                self.row(table, group, own, group.line, into)?;
            }
        }
        let known = |name: &str| name == "UASC" || Table::ALL.iter().any(|table| table.place(name).is_some());
        for (name, _) in own.fields.iter().chain(child.groups.iter().flat_map(|group| &group.fields)) {
            if self.ignored.len() < MOST_IGNORED && !known(name) && !self.ignored.contains(name) {
                self.ignored.push(name.chars().take(40).collect());
            }
        }
        Ok(())
    }

    /// A row of a table: its own fields, and CHILD and DOB of the child.
    fn row(&mut self, table: Table, group: &Group, own: &Group, line: u32, into: &mut Sheets) -> Result<(), Refusal> {
        let field = |column: usize| {
            let name = table.columns()[column];
            let value = group.get(name);
            if value.is_empty() && matches!(name, "CHILD" | "DOB" | "SEX") { own.get(name) } else { value }
        };
        let sheet = &mut self.sheets[table as usize];
        if (0..table.columns().len()).any(|column| is_no_text(field(column))) {
            let (file, sentence) = (self.file.into(), NO_TEXT.into());
            let finding = Finding { table: Some(table), file, line, field: "", code: "CB05", held: true, sentence };
            sheet.broken.push(finding);
            return Ok(());
        }
        if sheet.push(&mut into.names, line, field) {
            Ok(())
        } else {
            Err(Refusal::TooLarge { file: self.file.to_owned() })
        }
    }
}

/// A source turned into UTF-8, which counts lines and gives up on a piece that is too long.
struct Utf8<'a> {
    source: Box<dyn Read + 'a>,
    decoder: Decoder,
    chunk: Vec<u8>,
    at: usize,
    ended: bool,
    line: u32,
    /// How much of the present piece may still be read.
    left: usize,
}

impl<'a> Utf8<'a> {
    fn new(source: Box<dyn Read + 'a>, encoding: &'static Encoding) -> Utf8<'a> {
        let decoder = encoding.new_decoder_with_bom_removal();
        Utf8 { source, decoder, chunk: Vec::new(), at: 0, ended: false, line: 1, left: LONGEST_PIECE }
    }
}

impl Read for Utf8<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(into.len());
        into[..count].copy_from_slice(&ready[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Utf8<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.chunk.len() && !self.ended {
            let mut raw = vec![0; CHUNK];
            let count = match self.source.read(&mut raw) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?.min(CHUNK),
            };
            self.ended = count == 0;
            self.at = 0;
            self.chunk.clear();
            crate::text::decode(&mut self.decoder, &raw[..count], &mut self.chunk, self.ended);
        }
        if self.left == 0 && self.at < self.chunk.len() {
            return Err(io::Error::other(format!("a piece of it is longer than {LONGEST_PIECE} bytes")));
        }
        let most = self.chunk.len().min(self.at.saturating_add(self.left));
        Ok(&self.chunk[self.at..most])
    }

    fn consume(&mut self, count: usize) {
        let passed = &self.chunk[self.at..self.at + count];
        self.line = self.line.saturating_add(passed.iter().filter(|&&byte| byte == b'\n').count() as u32);
        self.at += count;
        self.left = self.left.saturating_sub(count);
    }
}
