//! Starts `WebKitWebDriver`, which starts Tiller and sends it the clicks and keys of a test.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::Client;
use fantoccini::wd::Capabilities;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

const PROGRAM: &str = "WebKitWebDriver";

/// The maximum time until the driver listens.
const START: Duration = Duration::from_secs(20);

/// A running driver. It is killed when dropped.
pub(crate) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts the driver. Tiller inherits its environment.
    pub(crate) async fn start(data: &Path, model: &Path, more: &[(&str, String)]) -> Self {
        assert!(
            std::env::var_os("DISPLAY").or(std::env::var_os("WAYLAND_DISPLAY")).is_some(),
            "There is no display for the window. Run `cargo xtask test`, which starts one."
        );
        let port = free_port();
        let mut command = Command::new(PROGRAM);
        command
            .arg(format!("--port={port}"))
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("TILLER_DATA_DIR", data)
            .env("TILLER_STARTER_MODEL", model)
            // Keeps the tests away from the user's own hub cache.
            .env("HF_HOME", data.join("hf"))
            .env_remove("HF_HUB_CACHE")
            .env_remove("HF_TOKEN")
            .env("TILLER_NO_KEYRING", "1")
            // The driver cannot click the desktop's dialogs.
            .env("TILLER_TEST_CONFIRM", "yes")
            .envs(more.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        let child = command.spawn().unwrap_or_else(|error| {
            panic!(
                "{PROGRAM} cannot be started ({error}). Run `cargo xtask set-up --tests`, which installs it."
            )
        });
        let mut driver = Self { child, port };
        driver.listen().await;
        driver
    }

    async fn listen(&mut self) {
        let deadline = Instant::now() + START;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("{PROGRAM} ended with {status} before it listened on port {}.", self.port);
            }
            assert!(
                Instant::now() < deadline,
                "{PROGRAM} did not listen on port {} within {START:?}.",
                self.port
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Starts Tiller and connects to its window.
    pub(crate) async fn open_window(&self) -> Client {
        let mut wanted = Capabilities::new();
        let tiller = json!({ "binary": env!("CARGO_BIN_EXE_tiller"), "args": [] });
        wanted.insert("webkitgtk:browserOptions".to_owned(), tiller);
        let address = format!("http://127.0.0.1:{}", self.port);
        Client::with_capabilities_and_connector(&address, &wanted, HttpConnector::new())
            .await
            .unwrap_or_else(|error| panic!("{PROGRAM} could not open Tiller's window: {error}"))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The driver may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("the port's number").port()
}
