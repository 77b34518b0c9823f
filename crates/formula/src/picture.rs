//! Pictures as SVG: a hex map of England's councils, bars, a tornado. Colours are told apart without red and green,
//! every shape has its figures as a title, and whoever asks for a picture gets its table too.

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

/// The shade of a value: five steps to the greatest magnitude.
fn shade(value: Decimal, greatest: Decimal) -> &'static str {
    if value.is_zero() {
        return SAME;
    }
    let fifths = (value.abs() * Decimal::whole(5)).checked_div(greatest).unwrap_or_default();
    let step = usize::try_from(fifths.floor()).unwrap_or(0).min(4);
    if value.is_negative() { LESS[step] } else { MORE[step] }
}

/// A hexagon for each council, coloured by value. What is not on the map is in the table.
pub fn hex_map(title: &str, things: &[Shown], value: &str) -> Picture {
    const STEP: i64 = 30;
    const ROW: i64 = 26;
    const TOP: i64 = 50;
    let greatest = things.iter().map(|thing| thing.value.abs()).max().unwrap_or_default();
    let lowest = hexes::hexes().iter().map(|hex| i64::from(hex.q)).min().unwrap_or(0);
    let rows = hexes::hexes().iter().map(|hex| i64::from(hex.r));
    let (bottom, top) = (rows.clone().min().unwrap_or(0), rows.max().unwrap_or(0));
    let widest = hexes::hexes().iter().map(|hex| i64::from(hex.q)).max().unwrap_or(0);
    let mut body = String::new();
    for thing in things {
        let Some(hex) = hexes::hex(&thing.code) else { continue };
        let (q, r) = (i64::from(hex.q), i64::from(hex.r));
        let x = 30 + (q - lowest) * STEP + r.rem_euclid(2) * STEP / 2;
        let y = TOP + (top - r) * ROW + 18;
        let points = [(0, -17), (15, -9), (15, 9), (0, 17), (-15, 9), (-15, -9)];
        let points: Vec<String> = points.iter().map(|(dx, dy)| format!("{},{}", x + dx, y + dy)).collect();
        body += &format!(
            "<polygon points=\"{}\" fill=\"{}\" stroke=\"#ffffff\"><title>{}: {}</title></polygon>\n",
            points.join(" "),
            shade(thing.value, greatest),
            escaped(&thing.label),
            escaped(&thing.text)
        );
    }
    let height = TOP + (top - bottom + 2) * ROW + 40;
    let colours = LESS.iter().rev().chain([&SAME]).chain(&MORE);
    for (at, colour) in (0_i64..).zip(colours) {
        let x = 30 + at * 24;
        body += &format!("<rect x=\"{x}\" y=\"{}\" width=\"24\" height=\"12\" fill=\"{colour}\"/>\n", height - 38);
    }
    let ends = [(30, "start", format!("−{}", greatest.grouped(2))), (294, "end", greatest.grouped(2))];
    for (x, anchor, text) in ends {
        body +=
            &format!("<text x=\"{x}\" y=\"{}\" font-size=\"12\" text-anchor=\"{anchor}\">{text}</text>\n", height - 10);
    }
    let width = 80 + (widest - lowest + 1) * STEP;
    Picture { svg: svg(width.max(420), height, title, &body), csv: table(things, value) }
}

/// Bars to the right of a line for more, to the left for less.
pub fn bars(title: &str, things: &[Shown], value: &str) -> Picture {
    const ROW: i64 = 20;
    const MIDDLE: i64 = 560;
    const HALF: i64 = 220;
    let greatest = things.iter().map(|thing| thing.value.abs()).max().unwrap_or_default();
    let mut body = format!(
        "<line x1=\"{MIDDLE}\" y1=\"40\" x2=\"{MIDDLE}\" y2=\"{}\" stroke=\"#505a5f\"/>\n",
        50 + ROW * things.len() as i64
    );
    for (at, thing) in (0_i64..).zip(things) {
        let y = 46 + at * ROW;
        let long = (thing.value.abs() * Decimal::whole(HALF)).checked_div(greatest).unwrap_or_default().floor();
        let x = if thing.value.is_negative() { MIDDLE - long } else { MIDDLE };
        let colour = if thing.value.is_negative() { LESS[2] } else { MORE[3] };
        body += &format!(
            "<text x=\"12\" y=\"{}\" font-size=\"12\">{}</text>\n<rect x=\"{x}\" y=\"{y}\" width=\"{long}\" height=\"14\" fill=\"{colour}\"/>\n\
             <text x=\"{}\" y=\"{}\" font-size=\"12\">{}</text>\n",
            y + 11,
            escaped(&thing.label),
            MIDDLE + HALF + 10,
            y + 11,
            escaped(&thing.text)
        );
    }
    let height = 70 + ROW * things.len() as i64;
    Picture { svg: svg(MIDDLE + HALF + 140, height, title, &body), csv: table(things, value) }
}

/// Widest first, around `middle`: orange at the low end of what is moved, blue at its high end.
pub fn tornado(title: &str, middle: Decimal, spans: &[Span]) -> Picture {
    const ROW: i64 = 26;
    const MIDDLE: i64 = 720;
    const HALF: i64 = 220;
    let far = spans
        .iter()
        .flat_map(|span| [span.low - middle, span.high - middle])
        .map(Decimal::abs)
        .max()
        .unwrap_or_default();
    let mut body = String::new();
    let mut csv = crate::csv_line(["what", "low end", "high end"]);
    for (at, span) in (0_i64..).zip(spans) {
        let y = 46 + at * ROW;
        body += &format!("<text x=\"12\" y=\"{}\" font-size=\"12\">{}</text>\n", y + 13, escaped(&span.label));
        for (end, colour) in [(span.low, LESS[2]), (span.high, MORE[3])] {
            let away = end - middle;
            let long = (away.abs() * Decimal::whole(HALF)).checked_div(far).unwrap_or_default().floor();
            let x = if away.is_negative() { MIDDLE - long } else { MIDDLE };
            body += &format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{long}\" height=\"18\" fill=\"{colour}\"><title>{}: {}</title></rect>\n",
                escaped(&span.label),
                end.grouped(2)
            );
        }
        csv += &crate::csv_line([span.label.as_str(), &span.low.to_string(), &span.high.to_string()]);
    }
    let foot = 46 + ROW * spans.len() as i64;
    body += &format!("<line x1=\"{MIDDLE}\" y1=\"40\" x2=\"{MIDDLE}\" y2=\"{foot}\" stroke=\"#505a5f\"/>\n");
    let marks =
        [(MIDDLE - HALF, "start", middle - far), (MIDDLE, "middle", middle), (MIDDLE + HALF, "end", middle + far)];
    for (x, anchor, value) in marks {
        body += &format!(
            "<text x=\"{x}\" y=\"{}\" font-size=\"12\" text-anchor=\"{anchor}\">{}</text>\n",
            foot + 18,
            value.grouped(0)
        );
    }
    Picture { svg: svg(MIDDLE + HALF + 30, foot + 34, title, &body), csv }
}
