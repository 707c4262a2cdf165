//! Checks and cleans the settings of a sweep: scores, multipliers, rubrics and suffixes.

use ipc::score::{Needs, Rubric, Score};
use ipc::sweep::SweepSettings;

use crate::Error;
use crate::app::data_sets::usable_suffixes;

/// More points are most likely a typing mistake.
const MOST_POINTS: usize = 20_000;

/// Drops the rubrics that no judge goes by, so that the same sweep always has the same settings.
pub(super) fn keep_used_rubrics(settings: &mut SweepSettings) {
    let judged: Vec<&Rubric> = settings.scores.iter().filter_map(Score::rubric).collect();
    let sets = settings.sets.len() as u32;
    settings.rubrics.retain(|set, own| *set < sets && judged.iter().any(|rubric| *rubric != own));
}

/// Cleans the suffixes, and drops those of no set.
pub(super) fn keep_used_suffixes(settings: &mut SweepSettings) -> Result<(), Error> {
    let sets = settings.sets.len() as u32;
    for own in settings.suffixes.values_mut() {
        *own = usable_suffixes(own)?;
    }
    settings.suffixes.retain(|set, own| *set < sets && !own.is_empty());
    Ok(())
}

/// Adds the multiplier 0, because everything is compared with the unsteered model.
pub(super) fn add_unsteered(settings: &mut SweepSettings) {
    if !settings.multipliers.contains(&0.0) {
        settings.multipliers.push(0.0);
        settings.multipliers.sort_by(f64::total_cmp);
    }
}

/// Refuses scores that cannot be measured, and more points than a sweep can have.
pub(super) fn check_scores(settings: &SweepSettings) -> Result<(), Error> {
    if settings.scores.is_empty() {
        return Err(Error::invalid("No score is chosen.", "Choose what is to be measured."));
    }
    for (index, score) in settings.scores.iter().enumerate() {
        if settings.scores[..index].contains(score) {
            return Err(Error::invalid(
                format!("The score \u{201c}{}\u{201d} is chosen twice.", score.name()),
                "Choose it once.",
            ));
        }
        let is_measurable = match score.needs() {
            Needs::Nothing => true,
            Needs::Answers => !settings.sets.is_empty(),
            Needs::Pairs => settings.sets.iter().any(|set| set.data_set().is_some()),
        };
        if !is_measurable {
            let message = format!("There is nothing to measure \u{201c}{}\u{201d} on.", score.name());
            return Err(Error::invalid(message, "Choose a data set with held-out pairs."));
        }
    }
    let is_generating = settings.scores.iter().any(|score| score.needs() == Needs::Answers);
    if is_generating && settings.generation.max_new_tokens == 0 {
        return Err(Error::invalid("An answer needs at least one token.", "Allow more tokens."));
    }
    let temperature = settings.generation.temperature;
    if !temperature.is_finite() || temperature < 0.0 {
        return Err(Error::invalid("The temperature must be 0 or more.", "Change it, then try again."));
    }
    match settings.expected() {
        points if points > MOST_POINTS => Err(Error::invalid(
            format!("{points} points are more than the {MOST_POINTS} that a sweep can have."),
            "Choose fewer multipliers, vectors, sets or scores.",
        )),
        _ => Ok(()),
    }
}

/// Refuses multipliers that cannot be used, and returns the others in ascending order. Minus zero becomes zero.
pub(in crate::app) fn check_multipliers(multipliers: &[f64], most: usize) -> Result<Vec<f64>, Error> {
    let mut sorted: Vec<f64> = multipliers.iter().map(|multiplier| multiplier + 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let refuse = |message: String| Err(Error::invalid(message, "Change the multipliers, then try again."));
    if sorted.is_empty() {
        return refuse("No multiplier is given.".into());
    }
    if sorted.len() > most {
        return refuse(format!(
            "{} multipliers are more than the {most} that can be taken at once.",
            sorted.len()
        ));
    }
    if let Some(odd) = sorted.iter().find(|multiplier| !multiplier.is_finite()) {
        return refuse(format!("{odd} is not a multiplier."));
    }
    let mut neighbours = sorted.iter().zip(sorted.iter().skip(1));
    if let Some((twice, _)) = neighbours.find(|(one, next)| one.total_cmp(next).is_eq()) {
        return refuse(format!("The multiplier {twice} is given twice."));
    }
    Ok(sorted)
}

#[cfg(test)]
mod tests {
    use ipc::score::Judge;
    use ipc::sweep::PromptSet;

    use super::*;

    #[test]
    fn a_rubric_of_a_set_is_kept_where_a_judge_goes_by_it() {
        let rubric = |behavior: &str| Rubric::new(behavior);
        let judge = Score::Judge { judge: Judge::Local, rubric: rubric("care") };
        let set = PromptSet::List { name: "L".into(), prompts: vec!["Why?".into()] };
        let rubrics = [(0, rubric("care")), (1, rubric("wit")), (2, rubric("wit"))].into();
        let mut settings = SweepSettings {
            sets: vec![set.clone(), set],
            rubrics,
            scores: vec![judge],
            ..SweepSettings::default()
        };
        keep_used_rubrics(&mut settings);
        assert_eq!(settings.rubrics, [(1, rubric("wit"))].into());
        settings.scores = vec![Score::Length];
        keep_used_rubrics(&mut settings);
        assert!(settings.rubrics.is_empty());
    }

    #[test]
    fn multipliers_come_back_ascending_with_one_zero() {
        assert_eq!(check_multipliers(&[2.0, -0.0, -1.5], 9).expect("they can be used"), [-1.5, 0.0, 2.0]);
    }

    #[test]
    fn multipliers_that_cannot_be_used_are_refused() {
        for multipliers in [&[][..], &[0.0, -0.0], &[f64::NAN], &[f64::INFINITY], &[1.0, 2.0, 3.0, 4.0]] {
            assert!(check_multipliers(multipliers, 3).is_err(), "{multipliers:?}");
        }
    }
}
