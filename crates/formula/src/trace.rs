//! The arithmetic of one council, step by step: the formula's own tree written out with letters, and what each letter
//! stands for. Everything that explains a figure (page, CSV, JSON, text) is made of these.

use serde::Serialize;

use crate::Decimal;
use crate::params::Citation;
use crate::program::{Kind, Node, Program, Registers};
use crate::table::Table;
use crate::tree::Formula;

/// What a letter stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// `a`, `b`… within the step.
    pub letter: String,
    /// `indicator`, `parameter`, `step` or `total`.
    pub kind: &'static str,
    /// The id of the indicator, parameter or step.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// Its value for this council; of a total, over all councils.
    pub value: Decimal,
    /// Its unit, where it has one.
    pub unit: String,
    /// `published`, `estimate: …` of an indicator; `statute`, `official` or `assumption` of a parameter.
    pub basis: String,
    /// Of an indicator: the year or date that it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub vintage: String,
    /// Of an indicator: the day from which it was known, as far as the copy that was read tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_from: Option<kernel::Night>,
    /// How many decimals it is shown with, or all.
    #[serde(skip)]
    pub places: Option<u32>,
    /// Where it can be looked up.
    pub source: String,
    /// What it stands in for, when it is a proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
}

/// A step worked out for one council.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepTrace {
    /// The step's name.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// Why it is so.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// `(a) × [(b) + (c) × (d)]`.
    pub text: String,
    /// The same with the values in.
    pub figures: String,
    /// The result.
    pub value: Decimal,
    /// The result as the page shows it.
    pub shown: String,
    /// Its unit.
    pub unit: String,
    /// The letters.
    pub terms: Vec<Term>,
    /// What every node of the tree came to.
    pub tree: Branch,
}

/// A node of the tree with its value: the derivation for a program to walk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// `sum`, `product`…, or `indicator`, `parameter`, `step`, `number`.
    pub node: &'static str,
    /// The id of a leaf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its value for this council.
    pub value: Decimal,
    /// The nodes below.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Branch>,
}

/// Everything that a run worked out for one council, in the formula's order of steps.
pub fn trace(
    formula: &Formula,
    program: &Program,
    registers: &Registers,
    table: &Table,
    place: usize,
) -> Vec<StepTrace> {
    let steps = formula.steps.iter().zip(&program.steps);
    steps
        .map(|(step, (_, node))| {
            let mut writer = Writer { formula, program, registers, table, place, terms: Vec::new() };
            let written = writer.write(node, 0);
            let value = registers.column(node.register)[place];
            StepTrace {
                id: step.id.clone(),
                title: step.title.clone(),
                note: step.note.clone(),
                text: written.letters,
                figures: written.figures,
                value,
                shown: shown(value, step.places),
                unit: node.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
                terms: writer.terms,
                tree: branch(node, registers, place),
            }
        })
        .collect()
}

/// A number as pages show it: so many decimals, or all it has.
pub fn shown(value: Decimal, places: Option<u32>) -> String {
    match places {
        Some(places) => value.grouped(places),
        None => {
            let text = value.to_string();
            let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            value.grouped(u32::try_from(places).unwrap_or(0))
        }
    }
}

fn branch(node: &Node, registers: &Registers, place: usize) -> Branch {
    let (name, id) = match &node.kind {
        Kind::Number => ("number", None),
        Kind::Indicator(id) => ("indicator", Some(id.clone())),
        Kind::Parameter(id) => ("parameter", Some(id.clone())),
        Kind::Step(id) => ("step", Some(id.clone())),
        Kind::Operation(name) => (*name, None),
    };
    let of = node.below.iter().map(|node| branch(node, registers, place)).collect();
    Branch { node: name, id, value: registers.column(node.register)[place], of }
}

struct Writer<'a> {
    formula: &'a Formula,
    program: &'a Program,
    registers: &'a Registers,
    table: &'a Table,
    place: usize,
    terms: Vec<Term>,
}

struct Written {
    letters: String,
    figures: String,
}

/// How tightly an operation binds: what binds less is bracketed.
const SUM: u8 = 1;
const PRODUCT: u8 = 2;

impl Writer<'_> {
    fn value(&self, node: &Node) -> Decimal {
        self.registers.column(node.register)[self.place]
    }

    fn write(&mut self, node: &Node, around: u8) -> Written {
        let Kind::Operation(name) = &node.kind else { return self.leaf(node) };
        match *name {
            "sum" => self.joined(node, " + ", SUM, around),
            "product" => self.joined(node, " × ", PRODUCT, around),
            "difference" => self.joined(node, " − ", SUM, around),
            "quotient" => self.joined(node, " ÷ ", PRODUCT, around),
            "share" => self.share(node, around),
            "threshold" => self.called(node, &["the part of ", " above ", ""]),
            "floor" => self.called(node, &["", ", but at least ", ""]),
            "cap" => self.called(node, &["", ", but at most ", ""]),
            "scale" => self.called(node, &["", ", scaled so that all councils come to ", ""]),
            "transition" => self.between(node, around),
            "round" => self.called(node, &["", ", rounded"]),
            _ => self.band(node),
        }
    }

    fn joined(&mut self, node: &Node, sign: &str, own: u8, around: u8) -> Written {
        // What follows a minus or a division is bracketed even when it binds alike.
        let strict = matches!(sign, " − " | " ÷ ");
        let parts: Vec<Written> = node
            .below
            .iter()
            .enumerate()
            .map(|(at, below)| self.write(below, if strict && at > 0 { own + 1 } else { own }))
            .collect();
        let join = |of: fn(&Written) -> &str| {
            let text = parts.iter().map(of).collect::<Vec<_>>().join(sign);
            if own < around { format!("[{text}]") } else { text }
        };
        Written { letters: join(|part| &part.letters), figures: join(|part| &part.figures) }
    }

    /// The words before, between and after the parts; the whole is bracketed, since words bind less than signs.
    fn called(&mut self, node: &Node, words: &[&str]) -> Written {
        let mut written = Written { letters: format!("[{}", words[0]), figures: format!("[{}", words[0]) };
        for (below, word) in node.below.iter().zip(&words[1..]) {
            let part = self.write(below, SUM);
            written.letters += &part.letters;
            written.letters += word;
            written.figures += &part.figures;
            written.figures += word;
        }
        Written { letters: written.letters + "]", figures: written.figures + "]" }
    }

    /// From one to the other, part of the way: [1 − part] × from + part × to.
    fn between(&mut self, node: &Node, around: u8) -> Written {
        let parts = [0, 1, 2].map(|at| self.write(&node.below[at], if at == 2 { PRODUCT + 1 } else { PRODUCT }));
        let join = |of: fn(&Written) -> &str| {
            let [from, to, part] = parts.each_ref().map(of);
            let text = format!("[1 − {part}] × {from} + {part} × {to}");
            if SUM < around { format!("[{text}]") } else { text }
        };
        Written { letters: join(|part| &part.letters), figures: join(|part| &part.figures) }
    }

    fn share(&mut self, node: &Node, around: u8) -> Written {
        let of = &node.below[0];
        let part = self.write(of, PRODUCT + 1);
        let total: Decimal = self.registers.column(of.register).iter().copied().sum();
        let named = self.terms.last().filter(|_| of.below.is_empty()).map(|term| term.title.clone());
        let term = self.term(Term {
            letter: String::new(),
            kind: "total",
            id: String::new(),
            title: format!("All councils: {}", named.unwrap_or_else(|| part.letters.clone())),
            value: total,
            unit: of.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
            basis: "worked out".to_owned(),
            vintage: String::new(),
            known_from: None,
            places: long(total),
            source: String::new(),
            proxy: None,
        });
        let bracket = |text: String| if PRODUCT < around { format!("[{text}]") } else { text };
        Written {
            letters: bracket(format!("{} ÷ {}", part.letters, term.letters)),
            figures: bracket(format!("{} ÷ {}", part.figures, term.figures)),
        }
    }

    fn band(&mut self, node: &Node) -> Written {
        let of = self.write(&node.below[0], SUM);
        let parts: Vec<Written> = node.below[1..].iter().map(|below| self.write(below, SUM)).collect();
        let value = shown(self.value(node), None);
        let list = parts.iter().map(|part| part.letters.as_str()).collect::<Vec<_>>().join(", ");
        Written {
            letters: format!("[the band of {} among {list}]", of.letters),
            figures: format!("[the band of {}: {value}]", of.figures),
        }
    }

    fn leaf(&mut self, node: &Node) -> Written {
        let value = self.value(node);
        let unit = node.unit.as_ref().map(ToString::to_string).unwrap_or_default();
        let empty = String::new();
        let term = match &node.kind {
            Kind::Indicator(id) => {
                let about = self.table.about(id);
                let cell = self.table.cell(id, self.place);
                Term {
                    letter: empty,
                    kind: "indicator",
                    id: id.clone(),
                    title: about.map_or_else(|| id.clone(), |about| about.title.clone()),
                    value,
                    unit,
                    basis: cell.map(|cell| cell.basis.clone()).unwrap_or_default(),
                    vintage: about.map(|about| about.vintage.clone()).unwrap_or_default(),
                    known_from: about
                        .and_then(|about| about.known_from)
                        .filter(|_| cell.is_some_and(|cell| !cell.given)),
                    places: None,
                    source: about.map(|about| about.source.clone()).unwrap_or_default(),
                    proxy: about.and_then(|about| about.proxy.clone()),
                }
            }
            Kind::Parameter(id) => {
                let scalar = self.program.scalars.iter().find(|scalar| scalar.register == node.register);
                let dated = scalar.and_then(|scalar| scalar.parameter.as_ref());
                Term {
                    letter: empty,
                    kind: "parameter",
                    id: id.clone(),
                    title: self.title(id),
                    value,
                    unit,
                    basis: dated.map(|dated| dated.status.name().to_owned()).unwrap_or_default(),
                    vintage: String::new(),
                    known_from: None,
                    places: None,
                    source: dated.and_then(|dated| dated.source.as_ref()).map(cited).unwrap_or_default(),
                    proxy: None,
                }
            }
            Kind::Step(id) => Term {
                letter: empty,
                kind: "step",
                id: id.clone(),
                title: self.formula.step(id).map(|step| step.title.clone()).unwrap_or_default(),
                value,
                unit,
                basis: "worked out above".to_owned(),
                vintage: String::new(),
                known_from: None,
                places: self.formula.step(id).and_then(|step| step.places).or_else(|| long(value)),
                source: String::new(),
                proxy: None,
            },
            Kind::Number | Kind::Operation(_) => {
                let text = shown(value, None);
                return Written { letters: text.clone(), figures: text };
            }
        };
        self.term(term)
    }

    fn title(&self, parameter: &str) -> String {
        let titles = self.program.titles.iter().find(|(id, _)| id == parameter);
        titles.map_or_else(|| parameter.to_owned(), |(_, title)| title.clone())
    }

    /// One letter for one thing within a step.
    fn term(&mut self, term: Term) -> Written {
        let same = |known: &&Term| known.kind == term.kind && known.id == term.id && known.title == term.title;
        let letter = match self.terms.iter().find(same) {
            Some(known) => known.letter.clone(),
            None => {
                let letter = letter(self.terms.len());
                self.terms.push(Term { letter: letter.clone(), ..term.clone() });
                letter
            }
        };
        Written { letters: format!("({letter})"), figures: shown(term.value, term.places) }
    }
}

/// Totals and steps of which nobody says how they are shown have at most eight decimals: what they are made of stands above
/// them in full.
fn long(value: Decimal) -> Option<u32> {
    (value != value.round(8)).then_some(8)
}

fn letter(at: usize) -> String {
    let one = |at: usize| char::from(b'a' + u8::try_from(at % 26).unwrap_or(0));
    if at < 26 { one(at).to_string() } else { format!("{}{}", one(at / 26 - 1), one(at)) }
}

/// A source in one line.
pub fn cited(source: &Citation) -> String {
    let parts = [&source.title, &source.paragraph, &source.url];
    parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
}
