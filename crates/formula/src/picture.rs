//! Pictures as SVG: a hex map of England's councils, bars, a tornado. Colours are told apart without red and green; on
//! grey paper the sign is written (map), is a side (bars), or is light against dark (tornado). Every shape has its
//! figures as a title, and whoever asks for a picture gets its table too.

use crate::Decimal;
use crate::facts::hexes;

/// A picture and the table behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The SVG.
    pub svg: String,
    /// The same figures as CSV.
    pub csv: String,
}

/// One thing shown: a code (of a council, for the map), a label and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// The value that is drawn.
    pub value: Decimal,
    /// The value as people read it.
    pub text: String,
}

/// A bar of the tornado from `low` to `high` around a middle that all share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What is moved.
    pub label: String,
    /// At its low end.
    pub low: Decimal,
    /// At its high end.
    pub high: Decimal,
}

/// Orange for less, grey for the same, blue for more: five shades each way (after ColorBrewer's PuOr and Blues).
const LESS: [&str; 5] = ["#fee0b6", "#fdb863", "#e08214", "#b35806", "#7f3b08"];
const MORE: [&str; 5] = ["#c6dbef", "#9ecae1", "#4292c6", "#2171b5", "#084594"];
const SAME: &str = "#e6e6e6";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn svg(width: i64, height: i64, title: &str, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"t\" font-family=\"Arial, Helvetica, sans-serif\">\n<title id=\"t\">{}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"12\" y=\"26\" font-size=\"18\" font-weight=\"bold\">{}</text>\n{body}</svg>\n",
        escaped(title),
        escaped(title)
    )
}

fn table(things: &[Shown], value: &str) -> String {
    let mut text = crate::csv_line(["code", "name", value]);
    for thing in things {
        text += &crate::csv_line([thing.code.as_str(), &thing.label, &thing.value.to_string()]);
    }
    text
}

/// What a full bar or the darkest shade stands for: the greatest magnitude, or, where a few things lie far outside, that
/// below which nineteen in twenty lie. Whatever is beyond is shown as full, with its figure.
fn scale(things: &[Shown]) -> Decimal {
    let mut magnitudes: Vec<Decimal> = things.iter().map(|thing| thing.value.abs()).collect();
    magnitudes.sort_unstable();
    let greatest = magnitudes.last().copied().unwrap_or_default();
    let usual = magnitudes.get(magnitudes.len().saturating_sub(1) * 19 / 20).copied().unwrap_or_default();
    if usual.is_zero() || greatest <= usual + usual { greatest } else { usual }
}

/// A council's name in four letters: its first four, or the first of its first word and three of its last.
fn short(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    match words.next_back() {
        None => first.chars().take(4).collect(),
        Some(last) => first.chars().take(1).chain(last.chars().take(3)).collect(),
    }
}

/// A value in few figures, its sign written.
fn brief(value: Decimal) -> String {
    let whole = value.round(0);
    let sign = if whole.is_zero() {
        ""
    } else if whole.is_negative() {
        "−"
    } else {
        "+"
    };
    format!("{sign}{}", whole.abs().grouped(0))
}

/// The shade of a value: five steps to the greatest magnitude.
fn shade(value: Decimal, greatest: Decimal) -> &'static str {
    if value.is_zero() {
        return SAME;
    }
    let fifths = (value.abs() * Decimal::whole(5)).checked_div(greatest).unwrap_or_default();
    let step = usize::try_from(fifths.floor()).unwrap_or(0).min(4);
    if value.is_negative() { LESS[step] } else { MORE[step] }
}

/// Whether white letters are read on the shade of a value, not black.
fn dark(value: Decimal, greatest: Decimal) -> bool {
    [LESS[3], LESS[4], MORE[3], MORE[4]].contains(&shade(value, greatest))
}

/// A hexagon for each council, coloured by value. What is not on the map is in the table.
pub fn hex_map(title: &str, things: &[Shown], value: &str) -> Picture {
    const STEP: i64 = 46;
    const ROW: i64 = 40;
    const TOP: i64 = 56;
    let greatest = scale(things);
    let lowest = hexes::hexes().iter().map(|hex| i64::from(hex.q)).min().unwrap_or(0);
    let rows = hexes::hexes().iter().map(|hex| i64::from(hex.r));
    let (bottom, top) = (rows.clone().min().unwrap_or(0), rows.max().unwrap_or(0));
    let widest = hexes::hexes().iter().map(|hex| i64::from(hex.q)).max().unwrap_or(0);
    let mut body = String::new();
    for thing in things {
        let Some(hex) = hexes::hex(&thing.code) else { continue };
        let (q, r) = (i64::from(hex.q), i64::from(hex.r));
        let x = 36 + (q - lowest) * STEP + r.rem_euclid(2) * STEP / 2;
        let y = TOP + (top - r) * ROW + 26;
        let points = [(0, -26), (23, -13), (23, 13), (0, 26), (-23, 13), (-23, -13)];
        let points: Vec<String> = points.iter().map(|(dx, dy)| format!("{},{}", x + dx, y + dy)).collect();
        body += &format!(
            "<polygon points=\"{}\" fill=\"{}\" stroke=\"#ffffff\"><title>{}: {}</title></polygon>\n",
            points.join(" "),
            shade(thing.value, greatest),
            escaped(&thing.label),
            escaped(&thing.text)
        );
        let ink = if dark(thing.value, greatest) { "#ffffff" } else { "#0b0c0c" };
        for (line, words) in [(y - 2, short(&thing.label)), (y + 11, brief(thing.value))] {
            body += &format!(
                "<text x=\"{x}\" y=\"{line}\" font-size=\"12\" text-anchor=\"middle\" fill=\"{ink}\">{}</text>\n",
                escaped(&words)
            );
        }
    }
    let height = TOP + (top - bottom + 2) * ROW + 70;
    let colours = LESS.iter().rev().chain([&SAME]).chain(&MORE);
    for (at, colour) in (0_i64..).zip(colours) {
        let x = 30 + at * 36;
        body += &format!("<rect x=\"{x}\" y=\"{}\" width=\"36\" height=\"14\" fill=\"{colour}\"/>\n", height - 44);
    }
    let beyond = if things.iter().any(|thing| thing.value.abs() > greatest) { " or more" } else { "" };
    let most = greatest.grouped(0);
    let ends = [
        (30, "start", format!("−{most}{beyond}")),
        (228, "middle", "0".to_owned()),
        (426, "end", format!("+{most}{beyond}")),
    ];
    body += &format!(
        "<text x=\"30\" y=\"{}\" font-size=\"13\">{}; four letters of each council's name, all in the table beside</text>\n",
        height - 52,
        escaped(value)
    );
    for (x, anchor, text) in ends {
        body +=
            &format!("<text x=\"{x}\" y=\"{}\" font-size=\"13\" text-anchor=\"{anchor}\">{text}</text>\n", height - 14);
    }
    let width = 50 + (widest - lowest + 1) * STEP;
    Picture { svg: svg(width.max(470), height, title, &body), csv: table(things, value) }
}

/// Bars to the right of a line for more, to the left for less.
pub fn bars(title: &str, things: &[Shown], value: &str) -> Picture {
    const ROW: i64 = 20;
    const HALF: i64 = 220;
    let greatest = scale(things);
    // Labels take six and a half points a sign at this size, and bars go left of the line only where something is less.
    let longest = things.iter().map(|thing| thing.label.chars().count()).max().unwrap_or(0) as i64;
    let less = things.iter().any(|thing| thing.value.is_negative());
    let middle = 24 + longest * 13 / 2 + if less { HALF } else { 0 };
    let mut body = format!(
        "<line x1=\"{middle}\" y1=\"40\" x2=\"{middle}\" y2=\"{}\" stroke=\"#505a5f\"/>\n",
        50 + ROW * things.len() as i64
    );
    for (at, thing) in (0_i64..).zip(things) {
        let y = 46 + at * ROW;
        let long = (thing.value.abs().min(greatest) * Decimal::whole(HALF)).checked_div(greatest);
        let long = long.unwrap_or_default().floor();
        let cut = if thing.value.abs() > greatest { " (bar cut)" } else { "" };
        let x = if thing.value.is_negative() { middle - long } else { middle };
        let colour = if thing.value.is_negative() { LESS[2] } else { MORE[3] };
        body += &format!(
            "<text x=\"12\" y=\"{}\" font-size=\"12\">{}</text>\n<rect x=\"{x}\" y=\"{y}\" width=\"{long}\" height=\"14\" fill=\"{colour}\"/>\n\
             <text x=\"{}\" y=\"{}\" font-size=\"12\">{}{cut}</text>\n",
            y + 11,
            escaped(&thing.label),
            middle + HALF + 10,
            y + 11,
            escaped(&thing.text)
        );
    }
    let height = 70 + ROW * things.len() as i64;
    Picture { svg: svg(middle + HALF + 190, height, title, &body), csv: table(things, value) }
}

/// The two ends of a tornado's bars, light and dark, so that they are told apart on grey paper too.
const LOW: &str = "#fdb863";
const HIGH: &str = "#084594";

/// Widest first, around `middle`: light at the low end of what is moved, dark at its high end. `note` says what the ends
/// are; `unit` goes before the figures of the axis.
pub fn tornado(title: &str, note: &str, unit: &str, middle: Decimal, spans: &[Span]) -> Picture {
    const ROW: i64 = 26;
    const HALF: i64 = 240;
    const TOP: i64 = 104;
    let longest = spans.iter().map(|span| span.label.chars().count()).max().unwrap_or(0) as i64;
    let line = 30 + longest * 13 / 2 + HALF;
    let far = spans
        .iter()
        .flat_map(|span| [span.low - middle, span.high - middle])
        .map(Decimal::abs)
        .max()
        .unwrap_or_default();
    let mut body = String::new();
    let mut csv = crate::csv_line(["what", "low end", "high end"]);
    for (at, span) in (0_i64..).zip(spans) {
        let y = TOP + at * ROW;
        body += &format!("<text x=\"12\" y=\"{}\" font-size=\"12\">{}</text>\n", y + 13, escaped(&span.label));
        for (end, colour) in [(span.low, LOW), (span.high, HIGH)] {
            let away = end - middle;
            let long = (away.abs() * Decimal::whole(HALF)).checked_div(far).unwrap_or_default().floor();
            let x = if away.is_negative() { line - long } else { line };
            body += &format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{long}\" height=\"18\" fill=\"{colour}\" stroke=\"#505a5f\" stroke-width=\"0.5\"><title>{}: {}</title></rect>\n",
                escaped(&span.label),
                end.grouped(2)
            );
        }
        csv += &crate::csv_line([span.label.as_str(), &span.low.to_string(), &span.high.to_string()]);
    }
    let foot = TOP + ROW * spans.len() as i64;
    body += &format!("<line x1=\"{line}\" y1=\"{}\" x2=\"{line}\" y2=\"{foot}\" stroke=\"#505a5f\"/>\n", TOP - 6);
    let figure = |value: Decimal| {
        let places = if far < Decimal::whole(1_000) { 1 } else { 0 };
        format!("{}{unit}{}", if value.is_negative() { "−" } else { "" }, value.abs().grouped(places))
    };
    let mut at = 12;
    for (colour, words) in [(LOW, "its low end"), (HIGH, "its high end")] {
        body += &format!(
            "<rect x=\"{at}\" y=\"40\" width=\"18\" height=\"14\" fill=\"{colour}\" stroke=\"#505a5f\" stroke-width=\"0.5\"/>\n\
             <text x=\"{}\" y=\"52\" font-size=\"12\">{words}</text>\n",
            at + 24
        );
        at += 110;
    }
    body += &format!("<text x=\"12\" y=\"72\" font-size=\"12\">{}</text>\n", escaped(note));
    let marks = [(line - HALF, "start", middle - far), (line, "middle", middle), (line + HALF, "end", middle + far)];
    // Above and below: a picture of every council is taller than a screen.
    for y in [TOP - 10, foot + 18] {
        for (x, anchor, value) in marks {
            let text = figure(value);
            body += &format!("<text x=\"{x}\" y=\"{y}\" font-size=\"12\" text-anchor=\"{anchor}\">{text}</text>\n");
        }
    }
    Picture { svg: svg(line + HALF + 60, foot + 34, title, &body), csv }
}
