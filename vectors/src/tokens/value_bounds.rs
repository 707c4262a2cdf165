//! Bounds the values that a template works with: how deep they nest, and how many parts they have if each is counted as
//! often as it is reached. [`super::template_bounds`] writes the two filters into a template.

use minijinja::value::{ObjectRepr, Tuple, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};

/// The filter that refuses a value beyond the bounds.
pub(super) const CHECK: &str = "value_within_bounds";
/// The filter that also copies it, so that it shares nothing with a namespace that may change.
pub(super) const COPY: &str = "copied_within_bounds";

/// The most levels of a value. A message of a conversation has two.
const MAX_DEPTH: usize = 32;
/// The most parts of a value. A conversation of a thousand messages has three thousand.
const MAX_PARTS: usize = 1 << 15;
/// The most bytes of all texts in a value: as many as a template may write.
const MAX_BYTES: usize = super::jinja::MAX_TEXT_BYTES;
/// The bytes that cost as much fuel as one step.
const BYTES_PER_FUEL: usize = 64;

/// Adds both filters to an environment.
pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter(CHECK, |state: &State, value: Value| {
        let mut walk = Walk::default();
        walk.check(&value, 0)?;
        walk.pay(state)?;
        Ok::<_, Error>(value)
    });
    environment.add_filter(COPY, |state: &State, value: Value| {
        let mut walk = Walk::default();
        let copy = walk.copy(&value, 0)?;
        walk.pay(state)?;
        Ok::<_, Error>(copy)
    });
}

/// A walk through a value, with the parts that it has seen and the bytes of their texts.
#[derive(Default)]
struct Walk {
    parts: usize,
    bytes: usize,
}

impl Walk {
    fn enter(&mut self, value: &Value, depth: usize) -> Result<(), Error> {
        self.parts += 1;
        self.bytes += value.as_bytes().map_or(0, <[u8]>::len);
        if depth <= MAX_DEPTH && self.parts <= MAX_PARTS && self.bytes <= MAX_BYTES {
            return Ok(());
        }
        let words = format!(
            "a value nests deeper than {MAX_DEPTH} levels, or has more than {MAX_PARTS} parts or {MAX_BYTES} bytes"
        );
        Err(Error::new(ErrorKind::InvalidOperation, words))
    }

    fn pay(&self, state: &State) -> Result<(), Error> {
        state.consume_fuel((self.parts + self.bytes / BYTES_PER_FUEL) as u64)
    }

    fn check(&mut self, value: &Value, depth: usize) -> Result<(), Error> {
        self.enter(value, depth)?;
        let Some(object) = value.as_object() else { return sound(value) };
        match object.repr() {
            ObjectRepr::Map => {
                for (key, value) in object.try_iter_pairs().into_iter().flatten() {
                    self.check(&key, depth + 1)?;
                    self.check(&value, depth + 1)?;
                }
            }
            ObjectRepr::Seq | ObjectRepr::Iterable => {
                for value in object.try_iter().into_iter().flatten() {
                    self.check(&value, depth + 1)?;
                }
            }
            // Macros and the like have no parts that anything walks.
            _ => {}
        }
        Ok(())
    }

    fn copy(&mut self, value: &Value, depth: usize) -> Result<Value, Error> {
        self.enter(value, depth)?;
        let Some(object) = value.as_object() else { return sound(value).map(|()| value.clone()) };
        match object.repr() {
            ObjectRepr::Map => {
                let mut pairs = Vec::new();
                for (key, value) in object.try_iter_pairs().into_iter().flatten() {
                    pairs.push((self.copy(&key, depth + 1)?, self.copy(&value, depth + 1)?));
                }
                Ok(Value::from_pairs(pairs))
            }
            ObjectRepr::Seq | ObjectRepr::Iterable => {
                let mut values = Vec::new();
                for value in object.try_iter().into_iter().flatten() {
                    values.push(self.copy(&value, depth + 1)?);
                }
                let is_tuple = value.is_tuple();
                Ok(if is_tuple { Value::from_object(Tuple::new(values)) } else { Value::from(values) })
            }
            _ => Ok(value.clone()),
        }
    }
}

/// Refuses a value that stands for an error in the expression that should have made it.
fn sound(value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Invalid => Err(Error::new(ErrorKind::InvalidOperation, value.to_string())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::context;

    fn rendered(source: &str) -> Result<String, Error> {
        let mut environment = Environment::new();
        environment.set_fuel(Some(1_000_000));
        add(&mut environment);
        environment.render_str(source, context! { text => "x" })
    }

    #[test]
    fn what_is_within_bounds_passes_unchanged() {
        for filter in [CHECK, COPY] {
            for value in
                ["[1, [2, 'é']]", "{'a': [1], 'b': none}", "(1, 2)", "'x'|upper", "range(3)|list", "1.5"]
            {
                let source = format!("{{{{ ({value})|{filter} }}}}");
                assert_eq!(rendered(&source).unwrap(), rendered(&format!("{{{{ {value} }}}}")).unwrap());
            }
            let missing = format!("{{{{ nothing|{filter} is defined }}}}");
            assert_eq!(rendered(&missing).unwrap(), rendered("{{ nothing is defined }}").unwrap());
        }
    }

    #[test]
    fn what_nests_too_deep_or_has_too_many_parts_is_refused() {
        for filter in [CHECK, COPY] {
            let deep = format!("{{{{ {}1{}|{filter} }}}}", "[".repeat(40), "]".repeat(40));
            let wide = format!("{{{{ range(90000)|{filter}|length }}}}");
            let long = format!("{{% set x = 'a' * 60000 %}}{{{{ ([x] * 1000)|{filter}|length }}}}");
            for source in [deep, wide, long] {
                let refused = rendered(&source).unwrap_err();
                assert!(format!("{refused:#}").contains("levels"), "{refused:#}");
            }
        }
    }
}
