//! Which modules an adapter acts on, by peft's own rule (`check_target_module_exists`).

use serde_json::Value;

use super::pattern::Pattern;

/// The word for all linear modules but the head.
const ALL_LINEAR: &str = "all-linear";

/// The modules that a configuration names.
#[derive(Debug, Clone, Default)]
pub(super) struct Targets {
    /// `None` where the configuration names none, and peft takes those that are usual for the architecture.
    pub(super) target: Option<Names>,
    pub(super) exclude: Option<Names>,
    /// The layers that it acts on; all where this is empty.
    pub(super) layers: Vec<u64>,
    /// What stands before a layer's number in a name.
    pub(super) layer: Vec<Pattern>,
}

/// Names of modules.
#[derive(Debug, Clone)]
pub(super) enum Names {
    AllLinear,
    Expression(Pattern),
    /// Whole names, or the parts of names after a dot.
    List(Vec<String>),
}

impl Names {
    /// Reads a list of names, or an expression; `None` for null.
    pub(super) fn read(value: &Value) -> Result<Option<Self>, String> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) if text == ALL_LINEAR => Ok(Some(Self::AllLinear)),
            Value::String(text) => Ok(Some(Self::Expression(Pattern::whole(text)?))),
            Value::Array(items) => {
                let names: Option<Vec<String>> =
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
                Ok(Some(Self::List(names.ok_or("it is no list of names")?)))
            }
            _ => Err("it is neither a list of names nor an expression".into()),
        }
    }

    fn have(&self, module: &str) -> Result<bool, String> {
        match self {
            Self::AllLinear => Ok(true),
            Self::Expression(pattern) => pattern.matches(module),
            Self::List(names) => Ok(names.iter().any(|name| is_at_end(module, name))),
        }
    }
}

/// Whether a name is a module's, or its end after a dot.
fn is_at_end(module: &str, name: &str) -> bool {
    module.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

impl Targets {
    /// Whether the adapter acts on a linear module; `None` where the configuration does not say.
    pub(super) fn act_on(&self, module: &str) -> Result<Option<bool>, String> {
        if let Some(exclude) = &self.exclude
            && exclude.have(module)?
        {
            return Ok(Some(false));
        }
        let Some(target) = &self.target else { return Ok(None) };
        let is_named = target.have(module)?;
        // A list that holds the whole name takes the module in any layer.
        let is_whole = matches!(target, Names::List(names) if names.iter().any(|name| name == module));
        if !is_named || is_whole || self.layers.is_empty() || !matches!(target, Names::List(_)) {
            return Ok(Some(is_named));
        }
        for pattern in &self.layer {
            if let Some(layer) = pattern.number(module)? {
                return Ok(Some(self.layers.contains(&layer)));
            }
        }
        Ok(Some(false))
    }

    /// The names of a list at whose end none of these modules is.
    pub(super) fn unused<'a>(&'a self, modules: &[String]) -> Vec<&'a str> {
        let Some(Names::List(names)) = &self.target else { return vec![] };
        let is_unused = |name: &&String| !modules.iter().any(|module| is_at_end(module, name));
        names.iter().filter(is_unused).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn targets(target: &Value, exclude: &Value, layers: &[u64]) -> Targets {
        Targets {
            target: Names::read(target).unwrap(),
            exclude: Names::read(exclude).unwrap(),
            layers: layers.to_vec(),
            layer: vec![Pattern::layer(None).unwrap()],
        }
    }

    #[test]
    fn modules_are_those_that_peft_takes() {
        let q = |block| format!("model.layers.{block}.self_attn.q_proj");
        let none = Value::Null;
        let of = |target: &Value, exclude: &Value, layers: &[u64], block| {
            targets(target, exclude, layers).act_on(&q(block)).unwrap()
        };
        let list = json!(["q_proj", "v_proj"]);
        assert_eq!(of(&list, &none, &[], 3), Some(true));
        assert_eq!((of(&list, &none, &[1, 3], 3), of(&list, &none, &[1, 3], 2)), (Some(true), Some(false)));
        assert_eq!(of(&list, &json!(["layers.3.self_attn.q_proj"]), &[], 3), Some(false));
        assert_eq!(of(&list, &json!(".*layers.3.*"), &[], 3), Some(false));
        assert_eq!(of(&json!(["proj"]), &none, &[], 3), Some(false));
        assert_eq!(of(&json!([q(3)]), &none, &[1], 3), Some(true));
        assert_eq!(of(&json!(r".*\.(q|v)_proj"), &none, &[], 3), Some(true));
        assert_eq!(of(&json!("all-linear"), &json!(["q_proj"]), &[], 3), Some(false));
        assert_eq!((of(&none, &none, &[], 3), of(&json!([]), &none, &[], 3)), (None, Some(false)));
        assert!(Names::read(&json!([1])).is_err() && Names::read(&json!(3)).is_err());
        let named = targets(&json!(["q_proj", "gate_proj"]), &none, &[]);
        assert_eq!(named.unused(&[q(0)]), ["gate_proj"]);
    }
}
