//! The frontier as a table and as a picture.

use std::fmt::Write;

use super::{NOISES, POOLS, Point, Study};

/// Thousandths as `0.540`.
fn thousandths(number: u32) -> String {
    format!("{}.{:03}", number / 1_000, number % 1_000)
}

/// Hundredths of a point as `7.25`.
fn points(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "−" } else { "" };
    format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100)
}

/// The study as pages have it, in Markdown.
pub fn table(study: &Study) -> String {
    let mut text = format!(
        "Seed {}, {} places for each pool size, protocol version {}, step {} points. Of all nights {} % are uncovered; \
         in {} % of children's half-years there is a \"no\"; a \"no\" leaves {}.{} nights uncovered.\n\n\
         | pool | noise | AUC, all | AUC, money alone | AUC, dates alone | AUC, money among the same dates | mean error, points | bias, points | 95 of 100 within |\n\
         |---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
        study.seed,
        study.places,
        study.protocol,
        study.step_ppm / 10_000,
        points(study.uncovered_ppm / 100),
        points(study.noes_ppm / 100),
        study.nights_for_a_no / 10,
        study.nights_for_a_no % 10,
    );
    let mut row = |point: &Point| {
        let pool = point.pool.map_or("placement".to_owned(), |pool| pool.to_string());
        let _ = writeln!(
            text,
            "| {pool} | {}.{:02} | {} | {} | {} | {} | {} | {} | {} |",
            point.noise_ppm / 1_000_000,
            point.noise_ppm / 10_000,
            thousandths(point.auc),
            thousandths(point.auc_money),
            thousandths(point.auc_life),
            thousandths(point.auc_alike),
            points(point.error),
            points(point.bias),
            points(point.error_95),
        );
    };
    study.points.iter().for_each(&mut row);
    row(&study.placement);
    text += "\n| seen without any money, pools of 60 | AUC |\n|---|---:|\n";
    for (what, auc) in &study.dates {
        let _ = writeln!(text, "| {what} | {} |", thousandths(*auc));
    }
    text += "\n| kind of provider | return a week | moved by a \"no\" | of it, by a provider with 4 of 60 places |\n|---|---:|---:|---:|\n";
    for pounds in &study.pounds {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            pounds.kind, pounds.weekly_return_pence, pounds.moved_pence, pounds.own_part_pence
        );
    }
    let cash = &study.cash_flow;
    let _ = write!(
        text,
        "\nA private home of four places has an income of {} a half-year, {} of it return. A close moves {} of its later \
         payments on account in the mean, and in 95 of 100 closes no more than {} ({} % of the income). After {} of \
         1,000 closes it was ahead for a time.\n\n| who makes every child affirm | gains in a half-year | of its income |\n|---|---:|---:|\n",
        cash.income_pence,
        cash.return_pence,
        cash.mean_pence,
        cash.most_pence,
        points(cash.most_of_income),
        cash.ahead_in_thousand
    );
    for coercion in &study.coercion {
        let _ =
            writeln!(text, "| {} | {} | {} % |", coercion.case, coercion.gain_pence, points(coercion.gain_of_income));
    }
    text
}

const WIDTH: i64 = 760;
const HEIGHT: i64 = 460;
const LEFT: i64 = 70;
const BOTTOM: i64 = 400;
/// Pixels to a point of error, and to a hundredth of the area above one half.
const ACROSS: i64 = 34;
const UP: i64 = 7;
const COLOURS: [&str; 6] = ["#d4351c", "#b58840", "#00703c", "#1d70b8", "#4c2c92", "#0b0c0c"];

fn across(error: i64) -> i64 {
    LEFT + error * ACROSS / 100
}

fn up(auc: u32) -> i64 {
    BOTTOM - (i64::from(auc) - 500).max(0) * UP / 10
}

/// The frontier as a picture: area under the curve against mean error, one line a pool size, one mark a noise.
pub fn svg(study: &Study) -> String {
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>What a provider could learn against how far the share is from the truth</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
    );
    axes(&mut text);
    for (at, pool) in POOLS.iter().enumerate() {
        let of: Vec<&Point> = study.points.iter().filter(|point| point.pool == Some(*pool)).collect();
        let path: Vec<String> = of.iter().map(|point| format!("{},{}", across(point.error), up(point.auc))).collect();
        let colour = COLOURS[at % COLOURS.len()];
        let _ = writeln!(
            text,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
            path.join(" ")
        );
        for point in of {
            let _ = writeln!(
                text,
                "<circle cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"{colour}\"><title>pool {pool}, noise {} points: area {}, error {} points</title></circle>",
                across(point.error),
                up(point.auc),
                point.noise_ppm / 10_000,
                thousandths(point.auc),
                points(point.error)
            );
        }
        let (x, y) = (640, 40 + 18 * at as i64);
        let _ = writeln!(text, "<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\">pool of {pool}</text>");
    }
    let placement = &study.placement;
    let _ = writeln!(
        text,
        "<path d=\"M{x} {y}l-5 -9h10z\"/><text x=\"{tx}\" y=\"{y}\">settlement = placement: {}</text>",
        thousandths(placement.auc),
        x = across(0),
        tx = across(0) + 10,
        y = up(placement.auc)
    );
    let life = placement.auc_life;
    let _ = writeln!(
        text,
        "<line x1=\"{LEFT}\" y1=\"{y}\" x2=\"600\" y2=\"{y}\" stroke=\"#505a5f\" stroke-dasharray=\"4 4\"/>\
         <text x=\"605\" y=\"{y}\" fill=\"#505a5f\">no money at all: {}</text>",
        thousandths(life),
        y = up(life)
    );
    let marks: Vec<String> = NOISES.iter().map(|noise| (noise / 10_000).to_string()).collect();
    let _ = writeln!(
        text,
        "<text x=\"{LEFT}\" y=\"{}\">Along each line the noise grows: {} points.</text>\n</svg>",
        HEIGHT - 8,
        marks.join(", ")
    );
    text
}

fn axes(text: &mut String) {
    let _ = writeln!(
        text,
        "<path d=\"M{LEFT} 30V{BOTTOM}H620\" fill=\"none\" stroke=\"#0b0c0c\"/>\
         <text x=\"{LEFT}\" y=\"20\">area under the curve: 0.5 is guessing</text>\
         <text x=\"400\" y=\"{}\">mean error of the share, points</text>",
        BOTTOM + 34
    );
    for point in (0..=16).step_by(2) {
        let x = across(point * 100);
        let _ = writeln!(text, "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{point}</text>", BOTTOM + 16);
    }
    for auc in (500..=1_000).step_by(100) {
        let y = up(auc);
        let _ =
            writeln!(text, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", LEFT - 8, y + 4, thousandths(auc));
    }
}
