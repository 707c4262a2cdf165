//! Reads `--columns`: the names of the columns that hold a pair.

use ::data::data_files::Mapping;

/// Reads the names of columns. A part begins the text or stands behind a comma, so that a name may hold commas, too.
pub(crate) fn parse(text: &str) -> Result<Mapping, String> {
    const PARTS: [&str; 3] = ["prompt=", "wanted=", "opposite="];
    let begins = |at: usize| {
        let is_first = at == 0 || text.as_bytes()[at - 1] == b',';
        PARTS.iter().position(|part| is_first && text[at..].starts_with(part))
    };
    let places: Vec<(usize, usize)> =
        text.char_indices().filter_map(|(at, _)| Some((at, begins(at)?))).collect();
    if places.first().is_none_or(|(at, _)| *at > 0) {
        return Err("it begins with none of prompt=, wanted= and opposite=".to_owned());
    }
    let ends = places.iter().skip(1).map(|(at, _)| at - 1).chain([text.len()]);
    let mut names = [const { None }; 3];
    for ((at, part), end) in places.iter().zip(ends) {
        let name = text[at + PARTS[*part].len()..end].trim().to_owned();
        if names[*part].replace(name).is_some() {
            return Err(format!("{} is given twice", PARTS[*part]));
        }
    }
    let [prompt, wanted, opposite] = names;
    let named = |name: Option<String>, part: &str| {
        name.filter(|name| !name.is_empty()).ok_or_else(|| format!("{part}= names no column"))
    };
    Ok(Mapping {
        prompt: named(prompt, "prompt")?,
        wanted: named(wanted, "wanted")?,
        opposite: named(opposite, "opposite")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_in_any_order_and_may_hold_commas() {
        let named = |text: &str| parse(text).map(|found| [found.prompt, found.wanted, found.opposite]);
        assert_eq!(named("prompt=q,wanted=a,opposite=b"), Ok(["q", "a", "b"].map(str::to_owned)));
        assert_eq!(
            named("wanted=the, good=one,opposite= b ,prompt=q=1"),
            Ok(["q=1", "the, good=one", "b"].map(str::to_owned))
        );
        for (text, words) in [
            ("q,a,b", "begins with none"),
            ("x,prompt=q,wanted=a,opposite=b", "begins with none"),
            ("prompt=q,wanted=a", "opposite= names no column"),
            ("prompt=,wanted=a,opposite=b", "prompt= names no column"),
            ("prompt=q,wanted=a,wanted=c,opposite=b", "wanted= is given twice"),
        ] {
            assert!(parse(text).is_err_and(|error| error.contains(words)), "{text}");
        }
    }
}
