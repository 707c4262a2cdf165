//! Kills a process with SIGKILL at random times while it works, and checks that nothing confirmed is gone, nothing half-made is
//! there, and jobs go on to the same bits.
//!
//! The killed process is this test program, started a second time to run [`child::child`]. `cargo xtask kills` sets how often and
//! from which seed. A failure names the seed and the number of its kill.

mod checks;
mod child;
mod fixture;
mod work;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use self::checks::check;
use self::fixture::Fixture;
use self::work::Work;

/// The environment variable that gives the killed process its work and its folder.
const CHILD: &str = "TILLER_TEST_KILLED";
/// The environment variables of the number of kills and of the seed.
const COUNT: &str = "TILLER_KILLS";
const SEED: &str = "TILLER_KILLS_SEED";

/// The number of kills of an ordinary test.
const USUAL_COUNT: u64 = 20;

/// The longest time for which a process is let work.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// A fixed stream of pseudo-random numbers (a linear congruential generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Describes the moment at which a process is killed.
#[derive(Debug)]
struct Moment {
    /// The number of lines that the process prints before it.
    lines: u64,
    /// The time that passes after the last of these lines.
    then: Duration,
}

impl Moment {
    /// Every third kill happens while the application opens, the others while it works.
    fn random(numbers: &mut Numbers, work: Work) -> Self {
        let (lines, micros) = match numbers.below(3) {
            0 => (0, 400_000),
            _ => (1 + numbers.below(work.lines()), 25_000),
        };
        Self { lines, then: Duration::from_micros(numbers.below(micros)) }
    }
}

/// Starts the process and kills it at this moment. Returns what it has printed.
fn work_and_kill(work: Work, folder: &Path, hub: &str, moment: &Moment) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "kills::child::child", "--ignored", "--nocapture"])
        .env(CHILD, format!("{}|{}|{hub}", work.name(), folder.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a second process");
    let (sender, receiver) = channel();
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let listener = std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if let Some(line) = line.split(child::LINE_PREFIX).nth(1)
                && sender.send(line.to_owned()).is_err()
            {
                return;
            }
        }
    });
    let mut received = Vec::new();
    let until = Instant::now() + TIME_LIMIT;
    while (received.len() as u64) < moment.lines && received.last().is_none_or(|line| line != child::DONE) {
        match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => received.push(line),
            Err(RecvTimeoutError::Timeout) => panic!("{work:?} does not come so far: {received:?}"),
            Err(RecvTimeoutError::Disconnected) => panic!("{work:?} ended by itself: {received:?}"),
        }
    }
    std::thread::sleep(moment.then);
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");
    listener.join().expect("it has received everything");
    received.extend(receiver.try_iter());
    received
}

fn number(name: &str, usual: u64) -> u64 {
    match std::env::var(name) {
        Ok(value) => value.parse().unwrap_or_else(|_| panic!("{name} must be a number")),
        Err(_) => usual,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_random_times_lose_nothing_and_leave_nothing_half_made() {
    let (count, seed) = (number(COUNT, USUAL_COUNT), number(SEED, 1));
    let fixture = Fixture::prepare().await;
    let began = Instant::now();
    for kill in 0..count {
        let work = Work::ALL[kill as usize % Work::ALL.len()];
        let mut numbers = Numbers(seed.wrapping_mul(1_000_003).wrapping_add(kill));
        let moment = Moment::random(&mut numbers, work);
        let folder = tempfile::tempdir().expect("a temporary folder");
        fixture.copy_to(work, folder.path());
        let lines = work_and_kill(work, folder.path(), &fixture.hub(), &moment);
        println!("seed {seed}, kill {kill}: {work:?} after {moment:?}, {} lines", lines.len());
        check(work, folder.path(), &fixture, &lines).await;
    }
    println!("{count} kills in {:.0} s", began.elapsed().as_secs_f64());
}

/// Copies the files of a folder, and those of its folders.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for file in fs::read_dir(from).expect("the folder").flatten() {
        let target = to.join(file.file_name());
        if file.path().is_dir() {
            copy_folder(&file.path(), &target);
        } else {
            fs::copy(file.path(), target).expect("a copy");
        }
    }
}
