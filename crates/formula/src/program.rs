//! The engine: a formula compiled once to a flat list of column operations, then run as often as wanted. A register is
//! a column, one decimal for each council; a run fills them all, so the trace of any council is there to be read
//! afterwards and costs the run nothing.
//!
//! Cost of a run: one exact operation for each node of the tree and council. For the shipped formula that is some forty
//! columns of 153 decimals of sixteen bytes, which stay in the second-level cache.

use std::collections::BTreeMap;

use kernel::Night;

use crate::decimal::Divisor;
use crate::params::{Dated, Parameters};
use crate::table::Table;
use crate::tree::{Expr, Formula, Years};
use crate::unit::Unit;
use crate::{Decimal, Refused};

/// The number of a register.
pub type Register = usize;

#[derive(Clone, Debug)]
enum Op {
    Add(Register, Register),
    Subtract(Register, Register),
    Multiply(Register, Register),
    Divide(Register, Register),
    Greater(Register, Register),
    Lesser(Register, Register),
    Above(Register, Register),
    Share(Register),
    Scale(Register, Register),
    Band(Register, Vec<(Option<Register>, Register)>),
    Transition(Register, Register, Register),
    Round(Register, u32),
}

/// What a node of the compiled tree is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bare number.
    Number,
    /// An indicator, by its name with the years put in.
    Indicator(String),
    /// A parameter's id.
    Parameter(String),
    /// A reference to a step.
    Step(String),
    /// An operation: `sum`, `product`…
    Operation(&'static str),
}

/// A node of the compiled tree: the formula's own node with the register that holds its values.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where its values are.
    pub register: Register,
    /// The nodes below, in the order in which they are read. A reference to a step has none.
    pub below: Vec<Node>,
    /// Its unit, where that is known.
    pub unit: Option<Unit>,
}

/// A number that does not vary by council.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The parameter, or none for a bare number.
    pub parameter: Option<Dated>,
    /// Its id, or nothing.
    pub id: String,
    /// Its value.
    pub value: Decimal,
    /// Where it is held.
    pub register: Register,
}

/// A compiled formula.
#[derive(Clone, Debug)]
pub struct Program {
    ops: Vec<(Op, Register, usize)>,
    registers: usize,
    /// Columns of the facts, and where they are held.
    pub inputs: Vec<(String, Register)>,
    /// Numbers.
    pub scalars: Vec<Scalar>,
    /// Each step's tree, in the formula's order.
    pub steps: Vec<(String, Node)>,
    /// Titles of the parameters it uses.
    pub titles: Vec<(String, String)>,
    /// Where units do not fit.
    pub faults: Vec<String>,
    /// Code and name of each council, for what cannot be worked out.
    councils: Vec<String>,
}

/// All columns of one run.
#[derive(Clone, Debug)]
pub struct Registers {
    columns: Vec<Vec<Decimal>>,
}

impl Registers {
    /// A column.
    pub fn column(&self, register: Register) -> &[Decimal] {
        &self.columns[register]
    }

    /// A column to change, before a run.
    pub fn column_mut(&mut self, register: Register) -> &mut Vec<Decimal> {
        &mut self.columns[register]
    }
}

struct Compiler<'a> {
    formula: &'a Formula,
    parameters: &'a Parameters,
    table: &'a Table,
    years: Years,
    on: Night,
    known: Night,
    done: BTreeMap<String, (Register, Option<Unit>)>,
    open: Vec<String>,
    nodes: BTreeMap<String, Node>,
    program: Program,
    step: usize,
}

impl Program {
    /// Compiles every step for one year. Parameters are those in force on `on`, as known by `known`.
    pub fn compile(
        formula: &Formula,
        parameters: &Parameters,
        table: &Table,
        years: Years,
        on: Night,
        known: Night,
    ) -> Result<Program, Refused> {
        let program = Program {
            ops: Vec::new(),
            registers: 0,
            inputs: Vec::new(),
            scalars: Vec::new(),
            steps: Vec::new(),
            titles: Vec::new(),
            faults: Vec::new(),
            councils: table.places().iter().map(|place| format!("{} {}", place.code, place.name)).collect(),
        };
        let (done, nodes) = (BTreeMap::new(), BTreeMap::new());
        let open = Vec::new();
        let mut compiler =
            Compiler { formula, parameters, table, years, on, known, done, open, nodes, program, step: 0 };
        for step in &formula.steps {
            compiler.step(&step.id)?;
        }
        let Compiler { mut program, mut nodes, .. } = compiler;
        let ordered = formula.steps.iter().filter_map(|step| Some((step.id.clone(), nodes.remove(&step.id)?)));
        program.steps = ordered.collect();
        Ok(program)
    }

    /// The tree of a step.
    pub fn node(&self, step: &str) -> Option<&Node> {
        self.steps.iter().find(|(id, _)| id == step).map(|(_, node)| node)
    }

    /// The register of a step that the formula names.
    pub fn register(&self, step: &str) -> Register {
        self.node(step).expect("a formula's own steps are compiled").register
    }

    /// Columns filled from the table, not yet run.
    pub fn load(&self, table: &Table) -> Result<Registers, Refused> {
        let places = table.places().len();
        let mut columns = vec![vec![Decimal::ZERO; places]; self.registers];
        for (indicator, register) in &self.inputs {
            columns[*register] = table.column(indicator)?;
        }
        for scalar in &self.scalars {
            columns[scalar.register].fill(scalar.value);
        }
        Ok(Registers { columns })
    }

    /// Works every column out.
    pub fn run(&self, registers: &mut Registers) -> Result<(), Refused> {
        for (op, to, step) in &self.ops {
            let mut column = std::mem::take(&mut registers.columns[*to]);
            let done = op.fill(&registers.columns, &mut column, *to);
            registers.columns[*to] = column;
            if let Err((place, why)) = done {
                let (step, council) = (&self.steps[*step].0, &self.councils[place]);
                let sentence = format!("the step {step} cannot be worked out for {council}: {why}");
                return Err(Refused::new("formula.arithmetic", sentence));
            }
        }
        Ok(())
    }

    /// Loads and runs.
    pub fn evaluate(&self, table: &Table) -> Result<Registers, Refused> {
        let mut registers = self.load(table)?;
        self.run(&mut registers)?;
        Ok(registers)
    }
}

type Stopped = (usize, &'static str);
const TOO_LARGE: &str = "a number does not fit (10^20)";
const BY_NOUGHT: &str = "division by nought";

impl Op {
    /// `out` is the column `own`, taken out of `all`: an operation on its own register reads `out`.
    fn fill(&self, all: &[Vec<Decimal>], out: &mut [Decimal], own: Register) -> Result<(), Stopped> {
        match self {
            Op::Add(a, b) => each(all, out, own, (*a, *b), Decimal::checked_add),
            Op::Subtract(a, b) => each(all, out, own, (*a, *b), |a, b| a.checked_add(-b)),
            Op::Multiply(a, b) => each(all, out, own, (*a, *b), Decimal::checked_mul),
            Op::Divide(a, b) => each(all, out, own, (*a, *b), Decimal::checked_div),
            Op::Greater(a, b) => each(all, out, own, (*a, *b), |a, b| Some(a.max(b))),
            Op::Lesser(a, b) => each(all, out, own, (*a, *b), |a, b| Some(a.min(b))),
            Op::Above(a, b) => each(all, out, own, (*a, *b), |a, b| Some(a.checked_add(-b)?.max(Decimal::ZERO))),
            Op::Share(a) => in_proportion(&all[*a], None, out),
            Op::Scale(a, total) => in_proportion(&all[*a], Some(&all[*total]), out),
            Op::Transition(from, to, part) => {
                for (at, out) in out.iter_mut().enumerate() {
                    let (from, to) = (all[*from][at], all[*to][at]);
                    let way = to.checked_add(-from).and_then(|way| way.checked_mul(all[*part][at]));
                    *out = way.and_then(|way| from.checked_add(way)).ok_or((at, TOO_LARGE))?;
                }
                Ok(())
            }
            Op::Round(a, places) => {
                for (out, value) in out.iter_mut().zip(&all[*a]) {
                    *out = value.round(*places);
                }
                Ok(())
            }
            Op::Band(of, bands) => {
                for (at, out) in out.iter_mut().enumerate() {
                    let value = all[*of][at];
                    let band = bands.iter().find(|(below, _)| below.is_none_or(|below| value < all[below][at]));
                    *out = all[band.ok_or((at, "it falls in no band"))?.1][at];
                }
                Ok(())
            }
        }
    }
}

/// An operation of two columns, place by place; compiled for each operation, since all time is spent here.
fn each(
    all: &[Vec<Decimal>],
    out: &mut [Decimal],
    own: Register,
    (a, b): (Register, Register),
    work: impl Fn(Decimal, Decimal) -> Option<Decimal>,
) -> Result<(), Stopped> {
    let why = |b: Decimal| if b.is_zero() { BY_NOUGHT } else { TOO_LARGE };
    if a == own {
        for (at, (out, b)) in out.iter_mut().zip(&all[b]).enumerate() {
            *out = work(*out, *b).ok_or((at, why(*b)))?;
        }
    } else {
        for (at, ((out, a), b)) in out.iter_mut().zip(&all[a]).zip(&all[b]).enumerate() {
            *out = work(*a, *b).ok_or((at, why(*b)))?;
        }
    }
    Ok(())
}

fn in_proportion(of: &[Decimal], total: Option<&[Decimal]>, out: &mut [Decimal]) -> Result<(), Stopped> {
    let sum = Decimal::checked_sum(of.iter().copied()).ok_or((0, "all councils together do not fit (10^20)"))?;
    let by = Divisor::new(sum).ok_or((0, "all councils together come to nought"))?;
    for (at, (out, value)) in out.iter_mut().zip(of).enumerate() {
        let share = by.divide(*value).ok_or((at, TOO_LARGE))?;
        *out = match total {
            None => share,
            Some(total) => share.checked_mul(total[at]).ok_or((at, TOO_LARGE))?,
        };
    }
    Ok(())
}

impl Compiler<'_> {
    fn fresh(&mut self) -> Register {
        self.program.registers += 1;
        self.program.registers - 1
    }

    fn push(&mut self, op: Op, to: Register) {
        self.program.ops.push((op, to, self.step));
    }

    fn step(&mut self, id: &str) -> Result<(Register, Option<Unit>), Refused> {
        if let Some(done) = self.done.get(id) {
            return Ok(done.clone());
        }
        let refused = |why: String| Refused::new("formula.step", format!("formula {}: {why}", self.formula.id));
        if self.open.iter().any(|open| open == id) {
            return Err(refused(format!("the steps {} → {id} go round in a circle", self.open.join(" → "))));
        }
        let at = self.formula.steps.iter().position(|step| step.id == id);
        let at = at.ok_or_else(|| refused(format!("there is no step {id}")))?;
        self.open.push(id.to_owned());
        let node = self.node(&self.formula.steps[at].is, at)?;
        self.open.pop();
        let done = (node.register, node.unit.clone());
        self.nodes.insert(id.to_owned(), node);
        self.done.insert(id.to_owned(), done.clone());
        Ok(done)
    }

    fn node(&mut self, expr: &Expr, step: usize) -> Result<Node, Refused> {
        let leaf = |kind, register, unit| Ok(Node { kind, register, below: Vec::new(), unit });
        match expr {
            Expr::Number(value) => {
                let register = self.scalar(String::new(), *value, None);
                return leaf(Kind::Number, register, Some(Unit::bare()));
            }
            Expr::Parameter(id) => {
                let dated = self.parameters.at(id, self.on, self.known)?.clone();
                let unit = self.parameters.get(id).and_then(|parameter| Unit::parse(&parameter.unit));
                let register = self.scalar(id.clone(), dated.value, Some(dated));
                return leaf(Kind::Parameter(id.clone()), register, unit);
            }
            Expr::Indicator(id) => {
                let name = self.years.name(id);
                let unit = match self.table.about(&name) {
                    Some(about) => Unit::parse(&about.unit),
                    None => self.table.column(&name).map(|_| None)?,
                };
                let register = self.input(&name);
                return leaf(Kind::Indicator(name), register, unit);
            }
            Expr::Step(id) => {
                let (register, unit) = self.step(id)?;
                return leaf(Kind::Step(id.clone()), register, unit);
            }
            _ => {}
        }
        let below = expr.below().into_iter().map(|expr| self.node(expr, step)).collect::<Result<Vec<_>, _>>()?;
        let unit = self.unit(expr, &below, step);
        self.step = step;
        let register = self.operation(expr, &below)?;
        Ok(Node { kind: Kind::Operation(name(expr)), register, below, unit })
    }

    fn scalar(&mut self, id: String, value: Decimal, parameter: Option<Dated>) -> Register {
        let same = |scalar: &&Scalar| scalar.id == id && scalar.value == value;
        if let Some(known) = self.program.scalars.iter().find(same) {
            return known.register;
        }
        if let Some(parameter) = self.parameters.get(&id) {
            self.program.titles.push((id.clone(), parameter.title.clone()));
        }
        let register = self.fresh();
        self.program.scalars.push(Scalar { parameter, id, value, register });
        register
    }

    fn input(&mut self, name: &str) -> Register {
        if let Some((_, register)) = self.program.inputs.iter().find(|(input, _)| input == name) {
            return *register;
        }
        let register = self.fresh();
        self.program.inputs.push((name.to_owned(), register));
        register
    }

    fn operation(&mut self, expr: &Expr, below: &[Node]) -> Result<Register, Refused> {
        let registers: Vec<Register> = below.iter().map(|node| node.register).collect();
        let chain = |make: fn(Register, Register) -> Op, compiler: &mut Self| {
            let [first, rest @ ..] = registers.as_slice() else {
                let sentence = format!("formula {}: a {} of nothing", compiler.formula.id, name(expr));
                return Err(Refused::new("formula.empty", sentence));
            };
            let to = compiler.fresh();
            match rest {
                [] => compiler.push(Op::Greater(*first, *first), to),
                [second, others @ ..] => {
                    compiler.push(make(*first, *second), to);
                    for other in others {
                        compiler.push(make(to, *other), to);
                    }
                }
            }
            Ok(to)
        };
        let op = match expr {
            Expr::Sum(_) => return chain(Op::Add, self),
            Expr::Product(_) => return chain(Op::Multiply, self),
            Expr::Difference(_) => Op::Subtract(registers[0], registers[1]),
            Expr::Quotient(_) => Op::Divide(registers[0], registers[1]),
            Expr::Share(_) => Op::Share(registers[0]),
            Expr::Threshold { .. } => Op::Above(registers[0], registers[1]),
            Expr::Floor { .. } => Op::Greater(registers[0], registers[1]),
            Expr::Cap { .. } => Op::Lesser(registers[0], registers[1]),
            Expr::Scale { .. } => Op::Scale(registers[0], registers[1]),
            Expr::Transition { .. } => Op::Transition(registers[0], registers[1], registers[2]),
            Expr::Round { places, .. } => Op::Round(registers[0], *places),
            Expr::Band { bands, .. } => {
                let mut next = registers[1..].iter().copied();
                let mut read = Vec::new();
                for band in bands {
                    let below = band.below.as_ref().and_then(|_| next.next());
                    read.push((below, next.next().expect("each band has a value")));
                }
                Op::Band(registers[0], read)
            }
            Expr::Number(_) | Expr::Indicator(_) | Expr::Parameter(_) | Expr::Step(_) => {
                unreachable!("leaves are done")
            }
        };
        let to = self.fresh();
        self.push(op, to);
        Ok(to)
    }

    fn unit(&mut self, expr: &Expr, below: &[Node], step: usize) -> Option<Unit> {
        let of = |at: usize| below.get(at).and_then(|node| node.unit.clone());
        match expr {
            Expr::Product(_) => {
                below.iter().try_fold(Unit::bare(), |unit, node| Some(unit.times(node.unit.as_ref()?, 1)))
            }
            Expr::Quotient(_) => Some(of(0)?.times(&of(1)?, -1)),
            Expr::Share(_) => Some(Unit::bare()),
            Expr::Scale { .. } => of(1),
            Expr::Round { .. } => of(0),
            Expr::Band { bands, .. } => {
                let mut at = 1;
                let mut last = None;
                for band in bands {
                    if band.below.is_some() {
                        self.alike(expr, &[of(0), of(at)], step);
                        at += 1;
                    }
                    last = of(at);
                    at += 1;
                }
                last
            }
            Expr::Transition { .. } => self.alike(expr, &[of(0), of(1)], step),
            _ => self.alike(expr, &below.iter().map(|node| node.unit.clone()).collect::<Vec<_>>(), step),
        }
    }

    fn alike(&mut self, expr: &Expr, units: &[Option<Unit>], step: usize) -> Option<Unit> {
        let mut known = units.iter().flatten();
        let first = known.next()?.clone();
        if let Some(other) = known.find(|unit| **unit != first) {
            let id = &self.formula.steps[step].id;
            self.program.faults.push(format!("the step {id} takes a {} of {first} and {other}", name(expr)));
        }
        Some(first)
    }
}

fn name(expr: &Expr) -> &'static str {
    match expr {
        Expr::Number(_) => "number",
        Expr::Indicator(_) => "indicator",
        Expr::Parameter(_) => "parameter",
        Expr::Step(_) => "step",
        Expr::Sum(_) => "sum",
        Expr::Product(_) => "product",
        Expr::Difference(_) => "difference",
        Expr::Quotient(_) => "quotient",
        Expr::Share(_) => "share",
        Expr::Band { .. } => "band",
        Expr::Threshold { .. } => "threshold",
        Expr::Floor { .. } => "floor",
        Expr::Cap { .. } => "cap",
        Expr::Scale { .. } => "scale",
        Expr::Transition { .. } => "transition",
        Expr::Round { .. } => "round",
    }
}
