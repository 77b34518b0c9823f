//! A council's page as PDF: A4, the standard Helvetica that every reader has, so nothing is embedded and the bytes
//! depend on the words alone (no date, no id).

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::page::Block;

/// A4 in points, and its margin. Whole numbers: `pdf-writer` takes them as they are.
const WIDTH: i16 = 595;
const HEIGHT: i16 = 842;
const MARGIN: i16 = 42;
/// Where the figures of a table end, from the margin: near their labels, so that the eye keeps the line.
const FIGURES: i16 = 360;
/// Sizes of text in points. The first at which all up to the break fits the first side and the whole one leaf is taken;
/// nothing smaller than the last is for reading.
const SIZES: [i16; 3] = [9, 8, 7];
/// Sides of a leaf.
const SIDES: usize = 2;
/// Widths of Helvetica from blank to tilde in thousandths of its size (Adobe Font Metrics, Core 14).
const WIDTHS: [i16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

#[derive(Clone)]
struct Line {
    indent: i16,
    size: i16,
    bold: bool,
    text: String,
    /// Ends where the figures of tables end.
    figure: String,
}

/// The PDF of a page, with a title for the reader's window.
pub fn pdf(title: &str, blocks: &[Block]) -> Vec<u8> {
    let set = |size: i16| -> Vec<Vec<Line>> {
        let parts = blocks.split(|block| *block == Block::Break);
        parts.map(|part| part.iter().flat_map(|block| lines(block, size)).collect()).collect()
    };
    let sheet = |size: i16| usize::from(((HEIGHT - 2 * MARGIN) / leading(size)).unsigned_abs());
    // What does not fit a side before the break runs on without one.
    let runs_on =
        |size: i16| -> Vec<Vec<Line>> { set(size).concat().chunks(sheet(size)).map(<[Line]>::to_vec).collect() };
    let sides = |size: i16| -> Vec<Vec<Line>> {
        set(size).iter().flat_map(|part| part.chunks(sheet(size)).map(<[Line]>::to_vec)).collect()
    };
    let fits = |size: &i16| set(*size)[0].len() <= sheet(*size) && sides(*size).len() <= SIDES;
    let broken = SIZES.into_iter().find(fits);
    let on_a_leaf = || SIZES.into_iter().find(|size| runs_on(*size).len() <= SIDES);
    let size = broken.or_else(on_a_leaf).unwrap_or(SIZES[SIZES.len() - 1]);
    let pages = if broken.is_some() { sides(size) } else { runs_on(size) };
    let leading = leading(size);
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
    for (at, lines) in (0..).zip(&pages) {
        let mut page = pdf.page(page_ref(at));
        page.media_box(Rect::new(0.0, 0.0, f32::from(WIDTH), f32::from(HEIGHT))).parent(tree).contents(content_ref(at));
        page.resources().fonts().pair(Name(b"F"), plain).pair(Name(b"B"), bold);
        page.finish();
        pdf.stream(content_ref(at), &content(lines, leading, &format!("{title}: side {} of {count}", at + 1)));
    }
    pdf.finish()
}

/// From one line to the next.
fn leading(size: i16) -> i16 {
    size + size / 3
}

fn content(lines: &[Line], leading: i16, foot: &str) -> Vec<u8> {
    let mut content = Content::new();
    let foot = Line { indent: 0, size: 7, bold: false, text: foot.to_owned(), figure: String::new() };
    let bottom = (MARGIN / 2, &foot);
    for (y, line) in (0_i16..).zip(lines).map(|(at, line)| (HEIGHT - MARGIN - at * leading, line)).chain([bottom]) {
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
            write(MARGIN + FIGURES - width(&line.figure, line.size), &line.figure);
        }
    }
    content.finish().to_vec()
}

/// How wide a text is set; letters beyond the table count as a figure does.
fn width(text: &str, size: i16) -> i16 {
    let of = |sign: char| match sign {
        ' '..='~' => WIDTHS[sign as usize - 32],
        '×' | '÷' => 584,
        '’' => 222,
        _ => 556,
    };
    let thousandths: i32 = text.chars().map(|sign| i32::from(of(sign))).sum();
    i16::try_from(thousandths * i32::from(size) / 1_000).unwrap_or(i16::MAX)
}

fn lines(block: &Block, size: i16) -> Vec<Line> {
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
        Block::Text(words) => {
            wrapped(words, size, 0, 0).into_iter().map(|line| plain(0, line, String::new())).collect()
        }
        Block::Line(words) => {
            let own = wrapped(words.trim_start(), size, 12, 24);
            let indents = std::iter::once(12).chain(std::iter::repeat(24));
            own.into_iter().zip(indents).map(|(line, indent)| plain(indent, line, String::new())).collect()
        }
        Block::Break => Vec::new(),
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

/// Cut at blanks so that each line fits between the margins behind its indent, and a word that is too long for any line
/// (an address) where it must.
fn wrapped(text: &str, size: i16, first: i16, then: i16) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let room = |lines: &[String]| WIDTH - 2 * MARGIN - if lines.len() == 1 { first } else { then };
        let last = lines.last().expect("there is a line");
        let joined = if last.is_empty() { word.to_owned() } else { format!("{last} {word}") };
        if width(&joined, size) <= room(&lines) {
            *lines.last_mut().expect("there is a line") = joined;
            continue;
        }
        if !last.is_empty() {
            lines.push(String::new());
        }
        for sign in word.chars() {
            let last = lines.last_mut().expect("there is a line");
            last.push(sign);
            let wide = width(last, size);
            if wide > room(&lines) {
                let over = lines.last_mut().and_then(String::pop).map(String::from).unwrap_or_default();
                lines.push(over);
            }
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
