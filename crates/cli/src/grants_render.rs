//! Pages of `grants` for a person, and pictures.

use std::fmt::Write;

use app::formula::page::{signed, table};
use app::formula::picture::{Picture, Shown, Span, bars, hex_map, tornado};
use app::formula::report::{Assumption, Report, year_name};
use app::formula::{Decimal, Finding};
use app::{ComparisonReport, Pence, RebaseReport, SensitivityReport, Sufficiency};

/// How many councils the ends of a comparison show.
const ENDS: usize = 10;

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.into_iter().map(str::to_owned).collect()
}

fn assumptions(text: &mut String, assumptions: &[Assumption]) {
    if assumptions.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nAssumptions in these figures (docs/formula.md argues each):");
    for assumption in assumptions {
        let _ = writeln!(text, "  {} = {}", assumption.title, assumption.value);
    }
}

fn proxies(text: &mut String, report: &Report) {
    for proxy in &report.proxies {
        let estimates = match proxy.estimates {
            0 => String::new(),
            count => format!(" ({count} councils estimated or projected)"),
        };
        let _ = writeln!(text, "  {}{estimates}: {}", proxy.title, proxy.proxy.as_deref().unwrap_or("see its method"));
    }
}

/// The table of grants.
pub fn allocation(report: &Report, total_from: Option<&str>) -> String {
    let mut text = format!("{}\n", report.title);
    for (year, total) in &report.totals {
        let _ = writeln!(text, "  {}: {total} split among {} councils", year_name(*year), report.councils.len());
    }
    if let Some(from) = total_from {
        let _ = writeln!(text, "  No total was given; this is {from}.");
    }
    for note in &report.notes {
        let _ = writeln!(text, "  Note: {note}.");
    }
    text.push('\n');
    text += &grants(report);
    assumptions(&mut text, &report.assumptions);
    if !report.proxies.is_empty() {
        let _ = writeln!(text, "\nProxies and estimates:");
        proxies(&mut text, report);
    }
    text
}

fn grants(report: &Report) -> String {
    let mut head = vec!["Council".to_owned()];
    head.extend(report.totals.iter().map(|(year, _)| year_name(*year)));
    head.push("a child".to_owned());
    let mut rows = vec![head];
    for council in &report.councils {
        let mut row = vec![format!("{} {}", council.code, council.name)];
        row.extend(council.years.iter().map(|year| year.lines.grant.to_string()));
        let child = council.years[0].a_child.map(|child| format!("£{}", child.grouped(2))).unwrap_or_default();
        row.push(child);
        rows.push(row);
    }
    let mut sums = vec!["England".to_owned()];
    sums.extend(report.totals.iter().map(|(_, total)| total.to_string()));
    rows.push(sums);
    table(&rows)
}

/// What re-basing did.
pub fn rebased(report: &RebaseReport, from: i16, claw_back: bool) -> String {
    let mut text = format!("{}, re-based from {}\n\n", report.report.title, year_name(from));
    text += &grants(&report.report);
    let back = if claw_back { "taken into the years left, as asked" } else { "told, not taken back" };
    let _ = writeln!(text, "\nCouncils that newer facts change (years paid would have differed by: {back})");
    let mut rows = vec![row(["Council", "years paid", "years left"])];
    for council in
        report.rebased.iter().filter(|council| council.past != Pence::ZERO || council.years_left != Pence::ZERO)
    {
        rows.push(vec![council.code.clone(), council.past.to_string(), council.years_left.to_string()]);
    }
    text + &table(&rows)
}

/// Two versions.
pub fn comparison(report: &ComparisonReport) -> String {
    let comparison = &report.comparison;
    let mut text = format!(
        "From: {}\nTo:   {}\n\n{} councils gain, {} lose; {} changes hands.\n",
        report.from, report.to, comparison.gainers, comparison.losers, comparison.moved
    );
    let mut order: Vec<usize> = (0..report.places.len()).collect();
    order.sort_by_key(|at| {
        let council = &comparison.councils[*at];
        (std::cmp::Reverse(council.a_child.unwrap_or_else(|| Decimal::hundredths(council.difference.get()))), *at)
    });
    let line = |at: &usize| {
        let council = &comparison.councils[*at];
        let child = council.a_child.map(signed).unwrap_or_default();
        let per_cent =
            council.per_cent.map(|part| format!("{} %", part.fixed(1).replace('-', "−"))).unwrap_or_default();
        let tenth = council.tenth.map(|tenth| tenth.to_string()).unwrap_or_default();
        let name = format!("{} {}", report.places[*at].code, report.places[*at].name);
        let (from, to) = (council.from.to_string(), council.to.to_string());
        let difference = signed(Decimal::hundredths(council.difference.get()));
        vec![name, from, to, difference, child, per_cent, tenth]
    };
    let head = row(["Council", "from", "to", "difference", "a child a year", "change", "tenth"]);
    for (words, ends) in [
        ("Who gains most a child", &order[..ENDS.min(order.len())]),
        ("Who loses most a child", &order[order.len().saturating_sub(ENDS)..]),
    ] {
        let mut rows = vec![head.clone()];
        rows.extend(ends.iter().map(line));
        let _ = write!(text, "\n{words}\n{}", table(&rows));
    }
    if !comparison.tenths.is_empty() {
        let mut rows = vec![row(["Tenth of councils (1 most deprived)", "councils", "difference", "a child a year"])];
        for tenth in &comparison.tenths {
            let child = tenth.a_child.map(signed).unwrap_or_default();
            let difference = signed(Decimal::hundredths(tenth.difference.get()));
            rows.push(vec![tenth.tenth.to_string(), tenth.councils.to_string(), difference, child]);
        }
        let _ = write!(text, "\nBy deprivation\n{}", table(&rows));
    }
    if !comparison.waterfall.is_empty() {
        let mut rows = vec![row(["What makes the difference (Shapley)", "changes hands"])];
        for change in &comparison.waterfall {
            let moved: Decimal = change.pounds.iter().map(|pounds| (*pounds).max(Decimal::ZERO)).sum();
            rows.push(vec![change.title.clone(), signed(moved)]);
        }
        let _ = write!(text, "\n{}", table(&rows));
    }
    text
}

/// Files: hex map and bars, each with its table.
pub fn comparison_pictures(report: &ComparisonReport) -> Vec<(String, String)> {
    let a_child = |at: usize| report.comparison.councils[at].a_child.unwrap_or_default();
    let mut things: Vec<Shown> = report
        .places
        .iter()
        .enumerate()
        .map(|(at, place)| Shown {
            code: place.code.clone(),
            label: place.name.clone(),
            value: a_child(at),
            text: format!("{} a child a year", signed(a_child(at))),
        })
        .collect();
    let title = &if report.to == report.from {
        format!("{}: the second version less the first", report.to)
    } else {
        format!("{}, less: {}", report.to, report.from)
    };
    let map = hex_map(title, &things, "pounds a child a year");
    things.sort_by(|one, other| other.value.cmp(&one.value).then_with(|| one.code.cmp(&other.code)));
    let every = bars(title, &things, "pounds a child a year");
    let tenths: Vec<Shown> = report
        .comparison
        .tenths
        .iter()
        .map(|tenth| Shown {
            code: tenth.tenth.to_string(),
            label: format!("Tenth {} (1 is most deprived)", tenth.tenth),
            value: tenth.a_child.unwrap_or_default(),
            text: tenth.a_child.map(signed).unwrap_or_default(),
        })
        .collect();
    let by_tenth = bars("Pounds a child a year by tenth of deprivation", &tenths, "pounds a child a year");
    let named = [("map", map), ("councils", every), ("deprivation", by_tenth)];
    named
        .into_iter()
        .flat_map(|(name, picture)| [(format!("{name}.svg"), picture.svg), (format!("{name}.csv"), picture.csv)])
        .collect()
}

fn hundredths(part: Decimal) -> String {
    format!("{} %", (part * Decimal::whole(100)).fixed(1))
}

/// Intervals and indices.
pub fn sensitivity(report: &SensitivityReport) -> String {
    let mut text = format!("What the grants hang on ({} uncertain things)\n", report.indices.len());
    let mut rows = vec![row(["", "alone", "in all", "moved at low", "moved at high"])];
    for index in &report.indices {
        let (low, high) = (index.moved_low.to_string(), index.moved_high.to_string());
        rows.push(vec![index.uncertain.title.clone(), hundredths(index.first), hundredths(index.total), low, high]);
    }
    text += &table(&rows);
    let _ = writeln!(
        text,
        "\nGrants, 5 to 95 of 100 of {} draws (seed {}), and place by pounds a child. Errors are drawn for each council on \
         its own: what neighbours share would move less between them (docs/formula.md)",
        report.draws, report.seed
    );
    let mut rows = vec![row(["Council", "low", "grant", "high", "place", "from", "to", "same fifth"])];
    for council in &report.councils {
        let interval = &council.interval;
        rows.push(vec![
            format!("{} {}", council.code, council.name),
            interval.low.to_string(),
            interval.grant.to_string(),
            interval.high.to_string(),
            interval.rank.to_string(),
            interval.rank_low.to_string(),
            interval.rank_high.to_string(),
            format!("{} %", interval.same_fifth),
        ]);
    }
    text += &table(&rows);
    if let Some((name, bars)) = &report.tornado {
        let mut rows = vec![row(["", "at its low end", "at its high end"])];
        rows.extend(bars.iter().map(|bar| vec![bar.title.clone(), bar.low.to_string(), bar.high.to_string()]));
        let _ = write!(text, "\n{name}: one thing moved at a time\n{}", table(&rows));
    }
    text
}

/// Files: what the grants hang on as bars, and a council's tornado.
pub fn sensitivity_pictures(report: &SensitivityReport) -> Vec<(String, String)> {
    let things: Vec<Shown> = report
        .indices
        .iter()
        .map(|index| Shown {
            code: index.uncertain.id.clone(),
            label: index.uncertain.title.clone(),
            value: index.total,
            text: hundredths(index.total),
        })
        .collect();
    let mut pictures = vec![("indices", bars("Part of all variance in which each has a hand", &things, "total index"))];
    if let Some((name, bars)) = &report.tornado {
        let pounds = |pence: Pence| Decimal::hundredths(pence.get());
        let middle = report.councils.iter().find(|council| &council.name == name);
        let middle = pounds(middle.map(|council| council.interval.grant).unwrap_or_default());
        let spans: Vec<Span> = bars
            .iter()
            .map(|bar| Span { label: bar.title.clone(), low: pounds(bar.low), high: pounds(bar.high) })
            .collect();
        let title = format!("{name}: the grant when one thing alone moves");
        let note = "A weight goes to the ends of its range; a figure with an error, the council's own alone, to 1.645 of \
                    its standard deviations below and above.";
        pictures.push(("tornado", tornado(&title, note, "£", middle, &spans)));
    }
    pictures.push(("intervals", intervals(report)));
    pictures
        .into_iter()
        .flat_map(|(name, picture)| [(format!("{name}.svg"), picture.svg), (format!("{name}.csv"), picture.csv)])
        .collect()
}

/// Every council's interval around its grant, in parts of a hundred, the least certain first.
fn intervals(report: &SensitivityReport) -> Picture {
    let span = |council: &app::CouncilInterval| {
        let interval = &council.interval;
        let away = |end: Pence| {
            let hundred = Decimal::hundredths((end - interval.grant).get()) * Decimal::whole(100);
            hundred.checked_div(Decimal::hundredths(interval.grant.get())).unwrap_or_default().round(2)
        };
        let label = format!("{} {}", council.code, council.name);
        Span { label, low: away(interval.low), high: away(interval.high) }
    };
    let mut spans: Vec<Span> = report.councils.iter().map(span).collect();
    spans.sort_by(|one, other| {
        (other.high - other.low).cmp(&(one.high - one.low)).then_with(|| one.label.cmp(&other.label))
    });
    let note = format!(
        "5 to 95 of 100 of {} draws, in per cent of the grant as awarded; errors are drawn for each council on its own.",
        report.draws
    );
    tornado("How certain each grant is", &note, "", Decimal::ZERO, &spans)
}

/// Needs beside a total.
pub fn sufficiency(found: &Sufficiency) -> String {
    let mut text = format!("Sufficient funding in {}, England\n", year_name(found.year));
    let mut rows: Vec<Vec<String>> =
        found.parts.iter().map(|(title, pounds)| vec![title.clone(), signed(*pounds)]).collect();
    rows.push(vec!["Need-led total".to_owned(), signed(found.need)]);
    rows.push(vec!["The total given".to_owned(), found.total.to_string()]);
    rows.push(vec!["Shortfall".to_owned(), signed(found.shortfall)]);
    text += &table(&rows);
    let mut rows = vec![row(["Council", "need", "grant", "shortfall"])];
    for council in &found.councils {
        let name = format!("{} {}", council.code, council.name);
        rows.push(vec![name, signed(council.need), council.grant.to_string(), signed(council.shortfall)]);
    }
    let _ = write!(text, "\n{}", table(&rows));
    assumptions(&mut text, &found.assumptions);
    text
}

/// What lint found.
pub fn findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "Nothing is wrong.\n".to_owned();
    }
    findings.iter().fold(String::new(), |mut text, finding| {
        let _ = writeln!(text, "{} [{}]: {}", finding.place, finding.code, finding.sentence);
        text
    })
}

/// What is wrong with a bundle.
pub fn verified(wrong: &[String]) -> String {
    if wrong.is_empty() {
        return "Every file is that of the manifest, and every result comes out the same from the inputs.\n".to_owned();
    }
    wrong.join("\n") + "\n"
}
