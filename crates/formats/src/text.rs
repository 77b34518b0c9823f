//! Bytes to lines of text, whatever program wrote them.
//!
//! One physical line is one record: no value of a return holds a line break, so an unclosed quote can harm
//! only its own line. Lines end with `\n`, `\r\n` or `\r`. A byte order mark decides between UTF-8 and
//! UTF-16; without one a line is UTF-8, or else Windows-1252, which spreadsheets on Windows still write.
//!
//! | cost | |
//! |---|---|
//! | memory | one chunk and one line, however long the file |
//! | allocations | none for a line of UTF-8; one for a line of Windows-1252 |

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes asked of the source at a time.
const CHUNK: usize = 64 * 1024;
/// The longest line that is read; the rest of a longer one is thrown away. Rows of a return are below 200 bytes.
pub(crate) const LONGEST_LINE: usize = 64 * 1024;

/// What one physical line held.
pub(crate) enum Line<'l> {
    Text(Cow<'l, str>),
    /// More than [`LONGEST_LINE`] bytes.
    TooLong,
}

/// The lines of one source.
pub(crate) struct Lines<'a> {
    source: Box<dyn Read + 'a>,
    encoding: &'static Encoding,
    /// Present while UTF-16 is turned into UTF-8.
    decoder: Option<Decoder>,
    /// What has been read and not yet given out starts at `at`.
    chunk: Vec<u8>,
    at: usize,
    line: Vec<u8>,
    number: u32,
    /// The last line ended with `\r`, so a `\n` that comes first belongs to it.
    after_return: bool,
    ended: bool,
}

impl<'a> Lines<'a> {
    /// Reads the first bytes to look for a byte order mark.
    pub(crate) fn new(source: Box<dyn Read + 'a>) -> io::Result<Lines<'a>> {
        let mut lines = Lines {
            source,
            encoding: encoding_rs::UTF_8,
            decoder: None,
            chunk: Vec::new(),
            at: 0,
            line: Vec::new(),
            number: 0,
            after_return: false,
            ended: false,
        };
        // A mark has three bytes at most, and a source may give them one at a time.
        let mut start = Vec::new();
        lines.source.by_ref().take(3).read_to_end(&mut start)?;
        if let Some((marked, length)) = Encoding::for_bom(&start) {
            start.drain(..length);
            lines.encoding = marked;
            if marked == UTF_16LE || marked == UTF_16BE {
                lines.decoder = Some(marked.new_decoder_without_bom_handling());
            }
        }
        match &mut lines.decoder {
            Some(decoder) => decode(decoder, &start, &mut lines.chunk, false),
            None => lines.chunk = start,
        }
        Ok(lines)
    }

    /// The encoding found so far, by the name the web knows it by.
    pub(crate) fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    /// The number of the line last given out; the first is 1.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// The next line without its ending, or `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let mut too_long = false;
        loop {
            if self.at == self.chunk.len() && !self.fill()? {
                if self.line.is_empty() && !too_long {
                    return Ok(None);
                }
                break;
            }
            if std::mem::take(&mut self.after_return) && self.chunk[self.at] == b'\n' {
                self.at += 1;
                continue;
            }
            let rest = &self.chunk[self.at..];
            let end = rest.iter().position(|&byte| byte == b'\n' || byte == b'\r');
            let part = &rest[..end.unwrap_or(rest.len())];
            let room = LONGEST_LINE - self.line.len();
            too_long |= part.len() > room;
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            match end {
                Some(end) => {
                    self.after_return = rest[end] == b'\r';
                    self.at += end + 1;
                    break;
                }
                None => self.at = self.chunk.len(),
            }
        }
        self.number = self.number.saturating_add(1);
        Ok(Some(if too_long { Line::TooLong } else { Line::Text(self.decoded()) }))
    }

    fn decoded(&mut self) -> Cow<'_, str> {
        match std::str::from_utf8(&self.line) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                self.encoding = WINDOWS_1252;
                WINDOWS_1252.decode_without_bom_handling(&self.line).0
            }
        }
    }

    /// Reads on until there is something to give out; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        self.at = 0;
        self.chunk.clear();
        while self.chunk.is_empty() && !self.ended {
            match &mut self.decoder {
                None => {
                    self.chunk.resize(CHUNK, 0);
                    let count = read_some(&mut self.source, &mut self.chunk)?;
                    self.chunk.truncate(count);
                    self.ended = count == 0;
                }
                Some(decoder) => {
                    let mut raw = vec![0; CHUNK];
                    let count = read_some(&mut self.source, &mut raw)?;
                    self.ended = count == 0;
                    decode(decoder, &raw[..count], &mut self.chunk, self.ended);
                }
            }
        }
        Ok(!self.chunk.is_empty())
    }
}

fn read_some(source: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A reader that claims more than it was given room for would have us slice past the end.
            read => return read.map(|count| count.min(into.len())),
        }
    }
}

/// Turns UTF-16 into UTF-8; what is not UTF-16 becomes U+FFFD, which no field accepts.
pub(crate) fn decode(decoder: &mut Decoder, raw: &[u8], out: &mut Vec<u8>, last: bool) {
    let room = decoder.max_utf8_buffer_length(raw.len()).expect("a chunk is far below the address space");
    let start = out.len();
    out.resize(start + room, 0);
    let (_, _, written, _) = decoder.decode_to_utf8(raw, &mut out[start..], last);
    out.truncate(start + written);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives one byte at a time: every boundary falls everywhere.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(into.len()).min(1);
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn all<'a>(source: impl Read + 'a) -> (Vec<String>, &'static str) {
        let mut lines = Lines::new(Box::new(source)).unwrap();
        let mut read = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            read.push(match line {
                Line::Text(text) => text.into_owned(),
                Line::TooLong => "too long".to_string(),
            });
        }
        assert_eq!(lines.number() as usize, read.len());
        (read, lines.encoding())
    }

    fn both(bytes: &[u8]) -> (Vec<String>, &'static str) {
        let whole = all(bytes);
        assert_eq!(whole, all(Drip(bytes)));
        whole
    }

    #[test]
    fn lines_end_in_three_ways() {
        assert_eq!(both(b"a\nb\r\nc\rd").0, ["a", "b", "c", "d"]);
        assert_eq!(both(b"a\n\n\r\n\r\rb\n").0, ["a", "", "", "", "", "b"]);
        assert_eq!(both(b"").0, Vec::<String>::new());
        assert_eq!(both(b"a").0, ["a"]);
    }

    #[test]
    fn a_mark_decides_the_encoding() {
        assert_eq!(both(b"\xEF\xBB\xBFa\xC3\xA9\n"), (vec!["aé".into()], "UTF-8"));
        assert_eq!(both(b"\xFF\xFEa\0\xE9\0\r\0\n\0b\0"), (vec!["aé".into(), "b".into()], "UTF-16LE"));
        assert_eq!(both(b"\xFE\xFF\0a\0\xE9\0\n\0b"), (vec!["aé".into(), "b".into()], "UTF-16BE"));
        assert_eq!(both(b"\xFF\xFEa").0, ["\u{FFFD}"]);
    }

    #[test]
    fn a_line_that_is_not_utf8_is_windows_1252() {
        assert_eq!(both(b"a\xC3\xA9\nb\xE9\x92"), (vec!["aé".into(), "bé’".into()], "windows-1252"));
    }

    #[test]
    fn a_line_past_the_limit_costs_only_itself() {
        let mut bytes = vec![b'x'; LONGEST_LINE];
        bytes.extend_from_slice(b"\nshort\n");
        bytes.extend(std::iter::repeat_n(b'y', LONGEST_LINE + 1));
        bytes.extend_from_slice(b"\nlast");
        let (read, _) = all(bytes.as_slice());
        assert_eq!(read[0].len(), LONGEST_LINE);
        assert_eq!(read[1..], ["short", "too long", "last"]);
    }
}
