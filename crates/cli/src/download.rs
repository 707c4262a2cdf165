//! `tiller-cli model download`: fetches a model from the hub, as the download of the window.

use app::Purpose;
use ipc::command::{ListRepository, StartDownload};
use ipc::download::{HubChoice, HubListing};

use crate::door::{self, End, StoreArguments, conclude};
use crate::halt::Halt;
use crate::jobs::Silent;
use crate::model_in_store::Line;
use crate::output;
use crate::train::in_store::say_queued;

#[derive(clap::Args)]
pub(crate) struct Download {
    /// The repository: `organisation/name`, or the address of its page
    #[arg(value_name = "REPOSITORY")]
    repository: String,
    /// Which of its models, by the name that --list shows [default: the suggested one]
    #[arg(long, value_name = "NAME", conflicts_with = "files")]
    choice: Option<String>,
    /// The files to fetch, by their paths in the repository
    #[arg(long = "file", value_name = "PATH")]
    files: Vec<String>,
    /// Show what there is, and fetch nothing
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    store: StoreArguments,
    /// JSON objects, one a line: first one with the job, then the model
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Download) -> Result<(), Halt> {
    door::within(&arguments.store, Purpose::Jobs, |door| {
        let listing = door.call(ListRepository { address: arguments.repository.clone() })?;
        if arguments.list {
            return listing.choices.iter().try_for_each(|choice| print(choice, arguments.json));
        }
        let files = arguments.chosen(&listing)?;
        door.watch()?;
        let HubListing { repository, commit, .. } = listing;
        let download = door.call(StartDownload { repository, commit, files })?;
        say_queued(door, download.job, arguments.json)?;
        let end = door::follow_asked(door, download.job, &mut Silent::goes_on())?;
        if matches!(end, End::Done) {
            let overview = door.watch()?;
            let done = overview.downloads.iter().find(|one| one.id == download.id);
            let model = done.and_then(|done| done.model);
            for model in overview.models.into_iter().filter(|known| Some(known.id) == model) {
                Line::new(model).print(arguments.json)?;
            }
        }
        conclude(door, download.job, end)
    })
}

impl Download {
    /// Returns the files that are asked for.
    fn chosen(&self, listing: &HubListing) -> Result<Vec<String>, Halt> {
        if !self.files.is_empty() {
            return Ok(self.files.clone());
        }
        let choice = match &self.choice {
            Some(name) => listing.choices.iter().find(|choice| choice.name == *name),
            None => listing.suggested.and_then(|place| listing.choices.get(place as usize)),
        };
        let choice = choice.ok_or_else(|| {
            let names: Vec<&str> = listing.choices.iter().map(|choice| choice.name.as_str()).collect();
            let what = self.choice.as_deref().unwrap_or("model that can be suggested");
            Halt::Refused(format!(
                "{}: there is no {what}; there are: {}.",
                listing.repository,
                names.join(", ")
            ))
        })?;
        match &choice.unusable {
            Some(why) => Err(Halt::Refused(format!("{}: {why}", choice.name))),
            None => Ok(choice.files.clone()),
        }
    }
}

fn print(choice: &HubChoice, json: bool) -> Result<(), Halt> {
    output::line(json, choice, || {
        let why = choice.unusable.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        format!("{}: {} bytes, {}{why}", choice.name, choice.bytes, choice.files.join(" "))
    })
}
