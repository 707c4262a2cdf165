//! The options that say what a sweep in a store compares: vectors, their sums and grids, and ways of prompting.

use std::fs;
use std::path::Path;

use ipc::Id;
use ipc::project::Overview;
use ipc::steering::{SteeringTerm, TermGate};
use ipc::sweep::{Arm, Prompting, SweepSettings, TEMPLATES};

use super::Arguments;
use crate::door::{Door, library};
use crate::halt::Halt;

#[derive(clap::Args)]
pub(crate) struct ArmArguments {
    /// A sum as one curve, of names or numbers of vectors: `[W*]NAME[@EPOCH] + [W*]NAME ..`; in a store
    #[arg(long, value_name = "SUM", allow_hyphen_values = true)]
    sum: Vec<String>,
    /// A further vector beside every curve, at each of these coefficients, which the multiplier leaves alone; in a store
    #[arg(long, value_name = "NAME=W,W..")]
    grid: Option<String>,
    /// A way of prompting as a curve: this system prompt; in a store
    #[arg(long, value_name = "TEXT")]
    by_system: Vec<String>,
    /// A way of prompting as a curve: this chat template, by its name or its file; in a store
    #[arg(long, value_name = "NAME|FILE")]
    by_template: Vec<String>,
    /// A way of prompting as a curve: so many worked examples with wanted answers; in a store
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    by_examples: Vec<u32>,
    /// The same with opposite answers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    by_opposite_examples: Vec<u32>,
    /// Seeds the choice of worked examples [default: 0]
    #[arg(long, value_name = "N")]
    examples_seed: Option<u64>,
    /// Each way of prompting with each vector as well, together
    #[arg(long)]
    together: bool,
}

impl ArmArguments {
    /// Returns the first of these options that was given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let given = [
            ("--sum", !self.sum.is_empty()),
            ("--grid", self.grid.is_some()),
            ("--by-system", !self.by_system.is_empty()),
            ("--by-template", !self.by_template.is_empty()),
            ("--by-examples", !self.by_examples.is_empty()),
            ("--by-opposite-examples", !self.by_opposite_examples.is_empty()),
            ("--examples-seed", self.examples_seed.is_some()),
            ("--together", self.together),
        ];
        given.into_iter().find(|(_, is_given)| *is_given).map(|(name, _)| name)
    }

    /// Returns the seed that draws worked examples, where there are any.
    pub(super) fn examples_seed(&self, settings: &SweepSettings) -> Option<u64> {
        (settings.shots() > 0).then(|| self.examples_seed.unwrap_or(0))
    }

    /// Returns the arms. Vectors that are files are imported, unless the project has them.
    pub(super) fn arms(
        &self,
        door: &mut Door,
        overview: &Overview,
        arguments: &Arguments,
    ) -> Result<Vec<Arm>, Halt> {
        let find = |door: &mut Door, name: &str| {
            let layer = arguments.layer.map(|layer| layer as u32);
            let model = |door: &mut Door| Ok(library::model(door, overview, &arguments.model.path())?.id);
            library::vector(door, overview, name, layer, model).map(|vector| vector.id)
        };
        let mut steered = Vec::new();
        for path in &arguments.vector {
            steered.push(vec![SteeringTerm::new(find(door, &path.to_string_lossy())?)]);
        }
        for sum in &self.sum {
            let terms = read_sum(sum)?.into_iter().map(|term| {
                let Term { weight, name, epoch } = term;
                Ok(SteeringTerm { weight, epoch, ..SteeringTerm::new(find(door, name)?) })
            });
            steered.push(terms.collect::<Result<_, Halt>>()?);
        }
        if let Some((path, gate)) = arguments.gate.named()? {
            let vector = find(door, &path.to_string_lossy())?;
            let gate = Some(TermGate { vector, gate });
            steered.iter_mut().flatten().for_each(|term| term.gate = gate);
        }
        if let Some(grid) = &self.grid {
            let (name, coefficients) = read_grid(grid)?;
            let vector = find(door, name)?;
            let with = |terms: &Vec<SteeringTerm>, weight: f64| {
                let fixed = SteeringTerm { weight, fixed: true, ..SteeringTerm::new(vector) };
                [terms.as_slice(), &[fixed]].concat()
            };
            let beside = |terms: Vec<SteeringTerm>| {
                coefficients.iter().map(|weight| with(&terms, *weight)).collect::<Vec<_>>()
            };
            steered = steered.into_iter().flat_map(beside).collect();
        }
        let ways = self.ways()?;
        let mut arms: Vec<Arm> =
            steered.iter().map(|terms| Arm { terms: terms.clone(), ..Arm::default() }).collect();
        for way in &ways {
            arms.push(Arm { prompting: way.clone(), ..Arm::default() });
            if self.together {
                let both = |terms: &Vec<SteeringTerm>| Arm {
                    terms: terms.clone(),
                    prompting: way.clone(),
                    ..Arm::default()
                };
                arms.extend(steered.iter().map(both));
            }
        }
        if arms.is_empty() {
            let message = "nothing is chosen to be swept: give --vector, --sum or a way of prompting.";
            return Err(Halt::Usage(message.into()));
        }
        Ok(arms)
    }

    fn ways(&self) -> Result<Vec<Prompting>, Halt> {
        let system = |text: &String| Prompting::System { text: text.clone() };
        let shots = |wanted: bool| move |count: &u32| Prompting::Shots { wanted, count: *count };
        let mut ways: Vec<Prompting> = self.by_system.iter().map(system).collect();
        for named in &self.by_template {
            ways.push(template(named)?);
        }
        ways.extend(self.by_examples.iter().map(shots(true)));
        ways.extend(self.by_opposite_examples.iter().map(shots(false)));
        Ok(ways)
    }
}

/// Returns the model of the first vector of the arms.
pub(super) fn vector_of(overview: &Overview, arms: &[Arm]) -> Option<Id> {
    let vector = arms.iter().flat_map(|arm| &arm.terms).next()?.vector;
    overview.vectors.iter().find(|known| known.id == vector).map(|known| known.model)
}

/// Returns the built-in template of a name, or that of a file.
fn template(named: &str) -> Result<Prompting, Halt> {
    if TEMPLATES.contains(&named) {
        return Ok(Prompting::Template { name: named.to_owned(), source: String::new() });
    }
    let source = fs::read_to_string(named).map_err(|error| {
        let known = TEMPLATES.join(", ");
        Halt::Refused(format!("{named}: this is no template on board ({known}), and no file: {error}."))
    })?;
    let name = Path::new(named).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Ok(Prompting::Template { name: name.unwrap_or_default(), source })
}

/// A term of a sum as it is typed.
#[derive(Debug, PartialEq)]
pub(crate) struct Term<'a> {
    pub(crate) weight: f64,
    pub(crate) name: &'a str,
    pub(crate) epoch: Option<u32>,
}

/// Reads `[W*]NAME[@EPOCH] + ..`. A name that holds ` + ` is given by its number.
pub(crate) fn read_sum(text: &str) -> Result<Vec<Term<'_>>, Halt> {
    let terms = text.split(" + ").map(|part| {
        let (weight, name) = match part.split_once('*') {
            Some((weight, name)) if weight.trim().parse::<f64>().is_ok() => (weight.trim(), name.trim()),
            _ => ("1", part.trim()),
        };
        let weight = weight.parse().ok().filter(|weight: &f64| weight.is_finite());
        let weight = weight.ok_or_else(|| Halt::Usage(format!("--sum {text}: a weight is no number.")))?;
        let (name, epoch) = match name.rsplit_once('@') {
            Some((of, epoch)) if epoch.parse::<u32>().is_ok() => (of.trim(), epoch.parse().ok()),
            _ => (name, None),
        };
        if name.is_empty() {
            return Err(Halt::Usage(format!("--sum {text}: a vector has no name.")));
        }
        Ok(Term { weight, name, epoch })
    });
    terms.collect()
}

/// Reads `NAME=W,W..`.
fn read_grid(text: &str) -> Result<(&str, Vec<f64>), Halt> {
    let wrong = || Halt::Usage(format!("--grid {text}: write a vector and its coefficients, NAME=W,W.."));
    let (name, list) = text.rsplit_once('=').ok_or_else(wrong)?;
    let numbers: Option<Vec<f64>> =
        list.split(',').map(|number| number.trim().parse().ok().filter(|n: &f64| n.is_finite())).collect();
    Ok((name.trim(), numbers.ok_or_else(wrong)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_has_weights_names_and_epochs() {
        let term = |weight, name, epoch| Term { weight, name, epoch };
        assert_eq!(read_sum("Formal").expect("one"), [term(1.0, "Formal", None)]);
        assert_eq!(
            read_sum("-0.5*Seeks wealth@3 + 2 * A*B + C+D").expect("three"),
            [term(-0.5, "Seeks wealth", Some(3)), term(2.0, "A*B", None), term(1.0, "C+D", None)]
        );
        assert_eq!(read_sum("x@y").expect("one"), [term(1.0, "x@y", None)]);
        for wrong in ["", "inf*A", "A + ", "2*"] {
            assert!(read_sum(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_grid_has_a_vector_and_coefficients() {
        assert_eq!(read_grid("A=B=-1,0, 0.5").expect("a grid"), ("A=B", vec![-1.0, 0.0, 0.5]));
        assert!(read_grid("A").is_err() && read_grid("A=").is_err() && read_grid("A=1,nan").is_err());
    }
}
