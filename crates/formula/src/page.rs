//! A council's page: what it gets, why, and the arithmetic. Made once, as blocks; shown as text here and as PDF in
//! [`crate::pdf`].

use money::Pence;

use crate::Decimal;
use crate::report::{Certain, CouncilYear, Explained, year_name};
use crate::trace::{StepTrace, Term, shown};

/// One block of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading; 1 is the page's own.
    Heading(u8, String),
    /// A paragraph.
    Text(String),
    /// Rows of a label and figures; the last column is money or number, to the right.
    Table(Vec<Vec<String>>),
    /// An indented line, such as what a letter stands for.
    Line(String),
    /// What follows goes overleaf.
    Break,
}

/// Pounds and pence with the sign that a line of a sum has.
pub fn signed(pounds: Decimal) -> String {
    let pence = pounds.round(2);
    let sign = if pence.is_negative() { "−" } else { "" };
    format!("{sign}£{}", pence.abs().grouped(2))
}

/// The page of one council: its grant, the whole arithmetic and how certain it is on one side; overleaf what each
/// factor makes of it against the same for every child (`waterfall`, if any), proxies, sources and assumptions.
pub fn page(explained: &Explained, waterfall: &[(String, Decimal)]) -> Vec<Block> {
    let council = &explained.council;
    let mut blocks = vec![
        Block::Heading(1, format!("{} ({})", council.name, council.code)),
        Block::Text(format!("{}. {}", explained.title, explained.summary)),
    ];
    blocks.extend(in_short(explained, waterfall));
    let mut years: Vec<Vec<String>> = council
        .years
        .iter()
        .map(|year| {
            let child = year.a_child.map(|child| format!("£{} a child", child.grouped(2))).unwrap_or_default();
            vec![year_name(year.year), child, year.lines.grant.to_string()]
        })
        .collect();
    if council.years.len() > 1 {
        years.push(vec!["All years".to_owned(), String::new(), council.total.to_string()]);
    }
    if !years.is_empty() {
        blocks.push(Block::Heading(2, "The grant".to_owned()));
        blocks.push(Block::Table(years));
    }
    if let Some(year) = council.years.iter().find(|year| year.year == explained.year) {
        blocks.push(Block::Heading(2, format!("How the {} figure comes about", year_name(explained.year))));
        blocks.push(Block::Table(lines(year, explained.split)));
    }
    blocks.extend(explained.certain.iter().flat_map(|certain| certainty(explained.year, certain)));
    blocks.push(Block::Heading(2, "The arithmetic".to_owned()));
    let mut notes = Notes::default();
    for step in &explained.steps {
        blocks.extend(arithmetic(step, &mut notes));
    }
    blocks.push(Block::Break);
    if !waterfall.is_empty() {
        let heading = "Against the same for every child (Shapley's values, before floors)";
        blocks.push(Block::Heading(2, heading.to_owned()));
        let sum: Decimal = waterfall.iter().map(|(_, pounds)| *pounds).sum();
        let rows = waterfall.iter().map(|(title, pounds)| vec![title.clone(), signed(*pounds)]);
        blocks.push(Block::Table(rows.chain([vec!["Together".to_owned(), signed(sum)]]).collect()));
    }
    blocks.extend(notes.blocks());
    if !explained.assumptions.is_empty() {
        blocks.push(Block::Heading(2, "Assumptions in this figure".to_owned()));
        for assumption in &explained.assumptions {
            blocks.push(Block::Line(format!("{} = {}", assumption.title, assumption.value)));
        }
    }
    blocks
}

/// What somebody who reads no further should take away: the grant, a child, and what moves it most either way.
fn in_short(explained: &Explained, waterfall: &[(String, Decimal)]) -> Option<Block> {
    let council = &explained.council;
    let year = council.years.iter().find(|year| year.year == explained.year)?;
    let (children, child) = (year.children?, year.a_child?);
    let mut text = format!(
        "In short: {} would have {} in {}, £{} for each of its {} children.",
        council.name,
        year.lines.grant,
        year_name(explained.year),
        child.grouped(2),
        children.grouped(0)
    );
    let sum: Decimal = waterfall.iter().map(|(_, pounds)| *pounds).sum();
    let most = waterfall.iter().max_by_key(|(_, pounds)| *pounds).filter(|(_, pounds)| *pounds > Decimal::ZERO);
    let least = waterfall.iter().min_by_key(|(_, pounds)| *pounds).filter(|(_, pounds)| pounds.is_negative());
    if most.is_some() || least.is_some() {
        let than = if sum.is_negative() { "less" } else { "more" };
        text += &format!(" That is {} {than} than if every child in England counted the same", signed(sum.abs()));
        let part = |(title, pounds): &(String, Decimal), does: &str| {
            format!("{does} {} ({})", title.to_lowercase(), signed(pounds.abs()))
        };
        let parts = [most.map(|of| part(of, "most is added by")), least.map(|of| part(of, "most taken by"))];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        text += &format!(": {}.", parts.join(", "));
    }
    Some(Block::Text(text))
}

/// What the draws leave of a figure.
fn certainty(year: i16, certain: &Certain) -> [Block; 2] {
    let Certain { interval, draws, seed, councils } = certain;
    let (year, low, high) = (year_name(year), interval.low, interval.high);
    let (own, first, last) = (interval.rank, interval.rank_low, interval.rank_high);
    let grant = if low == high {
        format!("is {low}, since a floor or cap holds it there")
    } else {
        format!("lies between {low} and {high}")
    };
    let text = format!(
        "In 90 of 100 draws the {year} grant {grant}, and the council, {own} of {councils} by pounds \
         a child, between place {first} and {last}. Drawn are the errors of the figures, each council's on its own, and the \
         weights within their ranges: {} draws, seed {seed}; docs/formula.md says how far that can be believed.",
        Decimal::whole(i64::from(*draws)).grouped(0)
    );
    [Block::Heading(2, "How certain it is".to_owned()), Block::Text(text)]
}

fn lines(year: &CouncilYear, split: Pence) -> Vec<Vec<String>> {
    let row = |label: String, pounds: Decimal| vec![label, signed(pounds)];
    let lines = &year.lines;
    let share = (lines.share * Decimal::whole(100)).fixed(4);
    let mut rows: Vec<Vec<String>> = year
        .factors
        .iter()
        .map(|factor| row(format!("  of it {}", factor.title.to_lowercase()), factor.pounds))
        .collect();
    rows.insert(0, row(format!("Need: {share} per cent of {split}"), lines.need_share));
    let others = [
        ("Area cost", lines.area_cost),
        ("Given for others' floors, or had from others' caps", lines.scaling),
        ("Floor: what keeps it from falling further", lines.floor_effect),
        ("Cap: what keeps it from rising further", lines.cap_effect),
    ];
    rows.extend(
        others.into_iter().filter(|(_, pounds)| !pounds.is_zero()).map(|(label, pounds)| row(label.to_owned(), pounds)),
    );
    rows.push(vec!["Grant, to the penny".to_owned(), lines.grant.to_string()]);
    rows
}

/// What letters refer to, each told once: sources by number, proxies by what they stand for.
#[derive(Default)]
struct Notes {
    sources: Vec<String>,
    proxies: Vec<String>,
}

impl Notes {
    fn number(&mut self, source: &str) -> usize {
        let known = self.sources.iter().position(|known| known == source);
        known.unwrap_or_else(|| {
            self.sources.push(source.to_owned());
            self.sources.len() - 1
        }) + 1
    }

    fn blocks(self) -> Vec<Block> {
        let mut blocks = Vec::new();
        if !self.proxies.is_empty() {
            blocks.push(Block::Heading(2, "Proxies: figures that stand in for what is not counted".to_owned()));
            blocks.extend(self.proxies.into_iter().map(Block::Line));
        }
        if !self.sources.is_empty() {
            blocks.push(Block::Heading(2, "Sources".to_owned()));
            let numbered = (1..).zip(self.sources).map(|(number, source)| Block::Line(format!("{number}. {source}")));
            blocks.extend(numbered);
        }
        blocks
    }
}

fn arithmetic(step: &StepTrace, notes: &mut Notes) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(3, format!("{} = {}{}", step.title, step.shown, in_unit(&step.unit)))];
    if !step.note.is_empty() {
        blocks.push(Block::Text(step.note.clone()));
    }
    let (text, figures, shown) = (&step.text, &step.figures, &step.shown);
    let short = text.chars().count() + figures.chars().count() + shown.chars().count() <= ONE_LINE;
    match step.terms.len() {
        0 | 1 if text == "(a)" => {}
        0 | 1 => blocks.push(Block::Line(format!("{text} = {shown}"))),
        _ if short => blocks.push(Block::Line(format!("{text} = {figures} = {shown}"))),
        _ => blocks.extend([format!("{text} = {shown}"), format!("{figures} = {shown}")].map(Block::Line)),
    }
    blocks.extend(step.terms.iter().map(|term| Block::Line(letter(term, notes))));
    blocks
}

fn letter(term: &Term, notes: &mut Notes) -> String {
    let mut text = format!("  ({}) {}: {}", term.letter, term.title, shown(term.value, term.places));
    text += &in_unit(&term.unit);
    if matches!(term.kind, "indicator" | "parameter") {
        let mut asides = vec![term.basis.clone()];
        if !matches!(term.vintage.as_str(), "" | "none") {
            asides.push(
                term.known_from.map_or_else(
                    || format!("of {}", term.vintage),
                    |known| format!("of {}, known {known}", term.vintage),
                ),
            );
        }
        if !term.source.is_empty() && term.source != term.basis {
            asides.push(format!("source {}", notes.number(&term.source)));
        }
        if let Some(proxy) = &term.proxy {
            asides.push("proxy".to_owned());
            let told = format!("{}: {proxy}", term.title);
            if !notes.proxies.contains(&told) {
                notes.proxies.push(told);
            }
        }
        text += &format!(" [{}]", asides.join("; "));
    }
    text
}

/// A unit behind its number; nothing where there is none.
fn in_unit(unit: &str) -> String {
    if matches!(unit, "" | "1") { String::new() } else { format!(" {unit}") }
}

/// Letters and figures go on one line when both and the result have no more signs than this.
const ONE_LINE: usize = 96;

/// The page as text.
pub fn text(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        match block {
            Block::Heading(1, words) => text += &format!("{words}\n{}\n", "=".repeat(words.chars().count())),
            Block::Heading(2, words) => text += &format!("\n{words}\n{}\n", "-".repeat(words.chars().count())),
            Block::Heading(_, words) => text += &format!("\n{words}\n"),
            Block::Text(words) => text += &format!("{words}\n"),
            Block::Line(words) => text += &format!("  {words}\n"),
            Block::Table(rows) => text += &table(rows),
            Block::Break => {}
        }
    }
    text
}

/// Rows with columns aligned, figures to the right.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::from(" ");
        for (at, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[at] - cell.chars().count());
            line += &if at == 0 { format!(" {cell}{pad}") } else { format!("  {pad}{cell}") };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}
