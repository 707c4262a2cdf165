//! The options that say what a judge looks for in answers.

use std::fs;
use std::path::PathBuf;

use ipc::score::{Judge, Rubric, Score};
use ipc::sweep::SweepSettings;

use crate::door::Door;
use crate::endpoint::EndpointArguments;
use crate::halt::Halt;

#[derive(clap::Args)]
pub(crate) struct JudgeArguments {
    #[command(flatten)]
    pub(crate) endpoint: EndpointArguments,
    /// What a judge looks for, in one sentence [default: what each data set is about]
    #[arg(long, value_name = "SENTENCE", conflicts_with = "rubric")]
    behaviour: Option<String>,
    /// A judge's whole rubric: JSON with `behavior` and its four `levels`
    #[arg(long, value_name = "FILE")]
    rubric: Option<PathBuf>,
}

impl JudgeArguments {
    /// Returns the option that was given although nothing is judged.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let given = [
            ("--endpoint", self.endpoint.is_given()),
            ("--behaviour", self.behaviour.is_some()),
            ("--rubric", self.rubric.is_some()),
        ];
        given.into_iter().find(|(_, is_given)| *is_given).map(|(name, _)| name)
    }

    /// Returns who judges.
    pub(crate) fn judge(&self, door: &mut Door) -> Result<Judge, Halt> {
        Ok(self.endpoint.settings(door)?.map_or(Judge::Local, Judge::Endpoint))
    }

    /// Returns the rubric that is named for all sets.
    pub(crate) fn rubric(&self) -> Result<Option<Rubric>, Halt> {
        let Some(path) = &self.rubric else {
            return Ok(self.behaviour.as_ref().map(|behaviour| Rubric::about("", behaviour)));
        };
        let shown = path.display();
        let text = fs::read_to_string(path).map_err(|error| Halt::Refused(format!("{shown}: {error}.")))?;
        let rubric: Rubric = serde_json::from_str(&text)
            .map_err(|error| Halt::Refused(format!("{shown}: this is no rubric: {error}.")))?;
        Ok(Some(rubric))
    }

    /// Sets the rubric of the judge, and those of the data sets that it judges by their own. `own` has the rubric of each set;
    /// `None` for a list of prompts, which is judged by the first one.
    pub(crate) fn complete(
        &self,
        settings: &mut SweepSettings,
        judge: &Judge,
        own: &[Option<Rubric>],
    ) -> Result<(), Halt> {
        let named = self.rubric()?;
        let first = own.iter().flatten().next().cloned();
        let of_judge = named.clone().or(first);
        for score in &mut settings.scores {
            match score {
                Score::Judge { judge: by, rubric } => {
                    by.clone_from(judge);
                    *rubric = of_judge.clone().ok_or_else(|| {
                        Halt::Usage("a judge of prompts alone looks for what --behaviour says.".into())
                    })?;
                }
                Score::JudgedCompliance { judge: by } => by.clone_from(judge),
                _ => {}
            }
        }
        settings.rubrics.clear();
        if named.is_none() {
            let sets = (0_u32..).zip(own).filter_map(|(set, own)| Some((set, own.clone()?)));
            settings.rubrics.extend(sets.filter(|(_, own)| Some(own) != of_judge.as_ref()));
        }
        Ok(())
    }
}
