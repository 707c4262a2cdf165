//! `tiller-cli publish`: the passport of a vector of a store, as a commit of a repository on the hub.

use app::Purpose;
use ipc::Id;
use ipc::command::{PlanPublish, Publish};
use ipc::publish::{Publication, PublishPlan, Published};

use crate::door::{self, StoreArguments, library};
use crate::halt::Halt;
use crate::output;

#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Arguments {
    /// The vector, by its name or number
    #[arg(long, value_name = "NAME")]
    vector: String,
    /// The repository: `you/name` or `organisation/name`
    #[arg(long, value_name = "REPOSITORY")]
    repository: String,
    /// Show a new repository to everybody; without it only its owners see it
    #[arg(long)]
    public: bool,
    /// Add a commit to a repository that is there
    #[arg(long)]
    into_existing: bool,
    /// The sweep whose curves go along, by its number [default: the last complete one of the vector alone]
    #[arg(long, value_name = "ID")]
    sweep: Option<Id>,
    /// Add the pairs that it was made from and measured on, and the prompts of the sweep's lists
    #[arg(long)]
    with_pairs: bool,
    /// The licence, as an identifier of SPDX: CC-BY-4.0, MIT, Apache-2.0
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    licence: String,
    /// Show the files and the address, and send nothing
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    store: StoreArguments,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    door::within(&arguments.store, Purpose::Records, |door| {
        let overview = door.watch()?;
        let vectors = &overview.vectors;
        let found =
            library::only("vector", &arguments.vector, vectors, |vector| (vector.id, vector.name.as_str()))?;
        let publication = Publication {
            repository: arguments.repository.clone(),
            private: !arguments.public,
            into_existing: arguments.into_existing,
            sweep: arguments.sweep,
            with_pairs: arguments.with_pairs,
            licence: arguments.licence.clone(),
        };
        let plan = door.call(PlanPublish { vector: found.id, publication: publication.clone() })?;
        if arguments.list {
            return output::line(arguments.json, &plan, || described(&plan));
        }
        output::print_message(&described(&plan));
        let published = door.call(Publish { vector: found.id, publication })?;
        output::line(arguments.json, &published, || match &published {
            Published::Committed { address, commit } => format!("{address}: commit {commit}"),
            Published::Cancelled => "cancelled before the commit".to_owned(),
        })
    })
}

fn described(plan: &PublishPlan) -> String {
    let files: Vec<String> =
        plan.files.iter().map(|file| format!("{:>10}  {}", file.bytes, file.name)).collect();
    format!("{}:\n{}", plan.address, files.join("\n"))
}
