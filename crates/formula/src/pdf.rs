//! A council's page as PDF: A4, the standard Helvetica that every reader has, so nothing is embedded and the bytes
//! depend on the words alone (no date, no id).

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::page::Block;

/// A4 in points, and its margin. Whole numbers: `pdf-writer` takes them as they are.
const WIDTH: i16 = 595;
const HEIGHT: i16 = 842;
const MARGIN: i16 = 45;
/// Sizes of text in points, each with the characters that fit a line (Helvetica is narrower than this on average). The
/// first at which the page is one leaf, two sides, is taken; nothing smaller than the last is for reading.
const SIZES: [(i16, usize); 3] = [(9, 96), (8, 108), (7, 124)];
/// Sides of a leaf.
const SIDES: usize = 2;

struct Line {
    indent: i16,
    size: i16,
    bold: bool,
    text: String,
    /// To the right margin.
    figure: String,
}

/// The PDF of a page, with a title for the reader's window.
pub fn pdf(title: &str, blocks: &[Block]) -> Vec<u8> {
    let set = |(size, most): (i16, usize)| -> Vec<Line> {
        blocks.iter().flat_map(|block| lines(block, size, most)).collect()
    };
    let sheet = |size: i16| usize::from(((HEIGHT - 2 * MARGIN) / leading(size)).unsigned_abs());
    let fits = SIZES.into_iter().find(|size| set(*size).len() <= SIDES * sheet(size.0));
    let size = fits.unwrap_or(SIZES[SIZES.len() - 1]);
    let (lines, a_page, leading) = (set(size), sheet(size.0), leading(size.0));
    let pages: Vec<&[Line]> = lines.chunks(a_page).collect();
    let (catalog, tree, plain, bold, info) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5));
    let count = i32::try_from(pages.len()).unwrap_or(1);
    let page_ref = |at: i32| Ref::new(6 + 2 * at);
    let content_ref = |at: i32| Ref::new(7 + 2 * at);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree).lang(TextStr("en-GB"));
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("Care Bank"));
    pdf.pages(tree).kids((0..count).map(page_ref)).count(count);
    for (font, name) in [(plain, "Helvetica"), (bold, "Helvetica-Bold")] {
        pdf.type1_font(font).base_font(Name(name.as_bytes())).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for (at, lines) in (0..).zip(pages) {
        let mut page = pdf.page(page_ref(at));
        page.media_box(Rect::new(0.0, 0.0, f32::from(WIDTH), f32::from(HEIGHT))).parent(tree).contents(content_ref(at));
        page.resources().fonts().pair(Name(b"F"), plain).pair(Name(b"B"), bold);
        page.finish();
        pdf.stream(content_ref(at), &content(lines, leading));
    }
    pdf.finish()
}

/// From one line to the next.
fn leading(size: i16) -> i16 {
    size + size / 3
}

fn content(lines: &[Line], leading: i16) -> Vec<u8> {
    let mut content = Content::new();
    for (at, line) in (0_i16..).zip(lines) {
        let y = HEIGHT - MARGIN - at * leading;
        let font: &[u8] = if line.bold { b"B" } else { b"F" };
        let mut write = |x: i16, text: &str| {
            content.begin_text();
            content.set_font(Name(font), f32::from(line.size));
            content.next_line(f32::from(x), f32::from(y));
            content.show(Str(&encoded(text)));
            content.end_text();
        };
        write(MARGIN + line.indent, &line.text);
        if !line.figure.is_empty() {
            write(WIDTH - MARGIN - width(&line.figure, line.size), &line.figure);
        }
    }
    content.finish().to_vec()
}

/// Figures of Helvetica are 556 thousandths wide, points and commas 278; nothing else stands in a figure but signs.
fn width(figure: &str, size: i16) -> i16 {
    let thousandths: i32 = figure
        .chars()
        .map(|sign| match sign {
            '.' | ',' | ' ' | 'i' | 'l' => 278,
            '−' => 584,
            _ => 556,
        })
        .sum();
    i16::try_from(thousandths * i32::from(size) / 1_000).unwrap_or(0)
}

fn lines(block: &Block, size: i16, most: usize) -> Vec<Line> {
    let plain = |indent, text: String, figure: String| Line { indent, size, bold: false, text, figure };
    match block {
        Block::Heading(level, words) => {
            let size = match level {
                1 => size + 5,
                2 => size + 2,
                _ => size,
            };
            let head = Line { indent: 0, size, bold: true, text: words.clone(), figure: String::new() };
            let gap = plain(0, String::new(), String::new());
            match level {
                1 => vec![head, gap],
                2 => vec![gap, head],
                _ => vec![head],
            }
        }
        Block::Text(words) => wrapped(words, most).into_iter().map(|line| plain(0, line, String::new())).collect(),
        Block::Line(words) => {
            let own = wrapped(words.trim_start(), most - 6);
            own.into_iter()
                .enumerate()
                .map(|(at, line)| plain(if at == 0 { 12 } else { 24 }, line, String::new()))
                .collect()
        }
        Block::Table(rows) => rows
            .iter()
            .map(|row| {
                let figure = row.last().cloned().unwrap_or_default();
                let rest: Vec<&str> = row[..row.len().saturating_sub(1)].iter().map(String::as_str).collect();
                let indent = if row.first().is_some_and(|first| first.starts_with(' ')) { 24 } else { 12 };
                plain(indent, rest.join("   ").trim().to_owned(), figure)
            })
            .collect(),
    }
}

fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is a line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > most {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

/// Windows-1252, the encoding of the standard fonts: pounds and the signs of arithmetic. What it lacks is spelled out.
fn encoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\u{20}'..='\u{7e}' => bytes.push(sign as u8),
            '£' | '×' | '÷' | '·' | 'é' | '\u{a0}'..='\u{ff}' => {
                bytes.push(u8::try_from(u32::from(sign)).unwrap_or(b'?'))
            }
            '−' | '–' => bytes.push(0x96),
            '’' => bytes.push(0x92),
            '…' => bytes.push(0x85),
            _ => bytes.push(b'?'),
        }
    }
    bytes
}
