//! Patterns over the names of modules, matched as peft matches them with Python's `re`.

use fancy_regex::{Regex, RegexBuilder};

/// The longest pattern, in bytes; programs that write long ones stay below 600.
const MAX_LENGTH: usize = 1024;
/// The largest compiled expression, in bytes.
const MAX_COMPILED: usize = 64 << 10;
/// The most steps back in one match.
const MAX_STEPS: usize = 5000;
/// What Python reads in another way than the expressions here: sets in sets, counts without a beginning, borders of words.
const OTHERWISE: [&str; 7] = ["[[", "&&", "--", "~~", "{,", "\\<", "\\>"];

/// A pattern over a module's name, such as `model.layers.0.self_attn.q_proj`.
#[derive(Debug, Clone)]
pub(super) enum Pattern {
    /// Letters and dots, to be found at the end, after a dot or as the whole name. A dot stands for any letter.
    Ending(String),
    Expression(Box<Regex>),
}

impl Pattern {
    /// As `re.match(rf"(.*\.)?({key})$", name)`, by which peft looks up a rank and an alpha.
    pub(super) fn ending(key: &str) -> Result<Self, String> {
        if is_plain(key) {
            return Ok(Self::Ending(key.to_owned()));
        }
        // The group around it leaves the numbers of the groups as they are.
        compile(key, &format!(r"\A(?:(.*\.)?({key})\z)"))
    }

    /// As `re.fullmatch(pattern, name)`.
    pub(super) fn whole(pattern: &str) -> Result<Self, String> {
        compile(pattern, &format!(r"\A(?:{pattern})\z"))
    }

    /// Finds the first number of a layer behind one of the names of a list of layers, or behind any name.
    pub(super) fn layer(list: Option<&str>) -> Result<Self, String> {
        match list {
            None => compile("", r"\A.*?\.[^.]*\.(?P<idx>\d+)\."),
            Some(list) => compile(list, &format!(r"\A(?:^|.*?\.){list}\.(?P<idx>\d+)\.")),
        }
    }

    /// Whether the pattern is an expression, which takes longer than letters.
    pub(super) fn is_expression(&self) -> bool {
        matches!(self, Self::Expression(_))
    }

    pub(super) fn matches(&self, name: &str) -> Result<bool, String> {
        match self {
            Self::Ending(key) => Ok(ends_with(name, key)),
            Self::Expression(regex) => regex.is_match(name).map_err(|error| too_long(regex, &error)),
        }
    }

    /// The number that the group `idx` of [`Pattern::layer`] finds.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, String> {
        let Self::Expression(regex) = self else { return Ok(None) };
        let found = regex.captures(name).map_err(|error| too_long(regex, &error))?;
        Ok(found.and_then(|found| found.name("idx")?.as_str().parse().ok()))
    }
}

fn compile(shown: &str, expression: &str) -> Result<Pattern, String> {
    let refuse = |why: &str| {
        let shown: String = shown.chars().take(80).collect();
        Err(format!("the pattern {shown:?} {why}"))
    };
    if shown.len() > MAX_LENGTH {
        return refuse("is too long");
    }
    if let Some(other) = OTHERWISE.iter().find(|other| shown.contains(**other)) {
        return refuse(&format!("has {other:?}, which Python reads in another way than Tiller does"));
    }
    let mut builder = RegexBuilder::new(expression);
    builder.backtrack_limit(MAX_STEPS).delegate_size_limit(MAX_COMPILED);
    match builder.build() {
        Ok(regex) => Ok(Pattern::Expression(Box::new(regex))),
        Err(error) => refuse(&format!("is no expression that can be matched: {error}")),
    }
}

fn too_long(regex: &Regex, error: &fancy_regex::Error) -> String {
    let shown: String = regex.as_str().chars().take(80).collect();
    format!("the pattern {shown:?} cannot be matched: {error}")
}

fn is_plain(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// Whether a name ends in a key, after a dot or as a whole, where each dot of the key is any letter.
fn ends_with(name: &str, key: &str) -> bool {
    let Some(start) = name.len().checked_sub(key.len()) else { return false };
    let (before, ending) = name.as_bytes().split_at(start);
    let is_same = |(letter, key): (&u8, u8)| key == b'.' || *letter == key;
    before.last().is_none_or(|last| *last == b'.') && ending.iter().zip(key.bytes()).all(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "model.layers.10.self_attn.q_proj";

    #[test]
    fn an_ending_is_matched_as_python_does() {
        // Each answer is that of re.match(rf"(.*\.)?({key})$", NAME) in Python.
        for (key, expected) in [
            ("q_proj", true),
            ("proj", false),
            ("self_attn.q_proj", true),
            ("self_attn", false),
            (NAME, true),
            (".layers.10.self_attn.q_proj", false),
            ("layers.1", false),
            ("layers..0.self_attn.q_proj", true),
            ("^model.layers.10.self_attn.q_proj", true),
            ("^layers.10.self_attn.q_proj", false),
            ("v_proj|q_proj", true),
            ("layers\\.(0|10)\\..*", true),
            ("layers.(0|1).self_attn.q_proj", false),
            ("[qv]_proj", true),
            ("(?:.*\\.)?q_proj", true),
            ("", false),
            ("(?!k)q_proj", true),
            ("q_pro", false),
            ("q_proj$", true),
        ] {
            assert_eq!(Pattern::ending(key).unwrap().matches(NAME).unwrap(), expected, "{key}");
        }
        assert!(!Pattern::ending("q_proj").unwrap().matches("proj").unwrap());
    }

    #[test]
    fn a_whole_name_and_the_number_of_a_layer_are_matched_as_python_does() {
        for (pattern, expected) in [
            ("q_proj", false),
            (".*q_proj", true),
            ("model|.*q_proj", true),
            (r"(?:.*?(?:language|layers).*?(?:self_attn|mlp).*?(?:q_proj|v_proj).*?)", true),
            (r"(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn)\.(?:(?:q_proj)))", true),
            (r"^(?!.*vision).*(q|v)_proj$", true),
            (r"^(?!.*self_attn).*(q|v)_proj$", false),
        ] {
            assert_eq!(Pattern::whole(pattern).unwrap().matches(NAME).unwrap(), expected, "{pattern}");
        }
        let number = |list, name| Pattern::layer(list).unwrap().number(name).unwrap();
        assert_eq!(number(None, NAME), Some(10));
        assert_eq!(number(None, "layers.10.self_attn.q_proj"), None);
        assert_eq!(number(Some("layers"), "layers.10.self_attn.q_proj"), Some(10));
        assert_eq!((number(Some("layers"), NAME), number(Some("h"), NAME)), (Some(10), None));
    }

    #[test]
    fn a_pattern_that_is_no_expression_or_another_one_in_python_is_refused() {
        for pattern in ["(", "[[a]", "[a--b]", "a{,3}", &"a".repeat(MAX_LENGTH + 1), "(a{1000}){1000}"] {
            assert!(Pattern::whole(pattern).is_err(), "{pattern}");
        }
        let slow = Pattern::whole(r"(a|aa)+\1b").unwrap();
        assert!(slow.matches(&"a".repeat(60)).is_err());
    }
}
