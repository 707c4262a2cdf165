//! Tests what a page that was taken over can do in the real web view: every script here stands for one of its attempts.

use std::fs;
use std::io::Read as _;
use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use crate::home::Home;
use crate::window::{SOON, Window};

#[tokio::test]
async fn the_page_reaches_nothing_but_the_application() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    server.set_nonblocking(true).expect("a listener");
    let outside = format!("http://{}/", server.local_addr().expect("an address"));

    let global: bool = window.script("return '__TAURI__' in window", &[]).await;
    assert!(!global, "Tauri's functions are not handed to every script of the page");

    let fetched: String = window
        .script_until_done(
            "const done = arguments[1]; fetch(arguments[0]).then(() => done('fetched'), () => done('refused'))",
            &[json!(outside)],
        )
        .await;
    assert_eq!(fetched, "refused");
    let evaluated: String = window
        .script_until_done(
            "const done = arguments[0]; const script = document.createElement('script');
            script.textContent = 'window.owned = true'; document.body.append(script);
            setTimeout(() => done(String(window.owned)), 100)",
            &[],
        )
        .await;
    assert_eq!(evaluated, "undefined", "no script inside the page runs");
    let based: String = window
        .script(
            "const base = document.createElement('base'); base.href = arguments[0]; document.head.append(base);
            const uri = document.baseURI; base.remove(); return uri",
            &[json!(outside)],
        )
        .await;
    assert!(!based.starts_with(&outside), "{based}");

    // Each of these would leave the page or load something into it.
    let attempts = [
        "const form = document.createElement('form'); form.action = arguments[0]; form.method = 'post';
            document.body.append(form); form.submit()",
        "const form = document.createElement('form'); form.action = arguments[0]; form.target = '_blank';
            document.body.append(form); form.submit()",
        "const frame = document.createElement('iframe'); frame.src = arguments[0]; document.body.append(frame)",
        "const object = document.createElement('object'); object.data = arguments[0]; document.body.append(object)",
        "const image = new Image(); image.src = arguments[0]; document.body.append(image)",
        "window.open(arguments[0])",
        "location.href = arguments[0]",
        "location.replace('data:text/html,owned')",
        "const link = document.createElement('a'); link.href = arguments[0]; document.body.append(link); link.click()",
    ];
    for attempt in attempts {
        window.script::<Value>(attempt, &[json!(outside)]).await;
        let settled = "const done = arguments[0]; setTimeout(() => done(location.origin), 200)";
        let origin: String = window.script_until_done(settled, &[]).await;
        assert_eq!(origin, "tauri://localhost", "{attempt}");
        assert_eq!(window.count("nav-data").await, 1, "{attempt}");
    }
    // WebKit may connect before it asks whether a navigation is allowed. It must send nothing then.
    while let Ok((mut stream, _)) = server.accept() {
        stream.set_nonblocking(false).expect("a stream");
        stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a limit");
        let mut sent = String::new();
        // The connection may also be closed, or stay silent until the limit.
        let _ = stream.read_to_string(&mut sent);
        assert_eq!(sent, "", "nothing is sent outside");
    }
    window.close(&home).await;
}

#[tokio::test]
async fn a_typed_path_does_nothing_when_the_person_refuses_it() {
    let home = Home::without_model();
    let window = Window::open_with(&home, &[("TILLER_TEST_CONFIRM", "no".to_owned())]).await;
    let secret = home.path("secret.jsonl");
    fs::write(&secret, "{\"prompt\": \"p\", \"chosen\": \"hunter2\", \"rejected\": \"r\"}\n")
        .expect("a file");
    window.click("import").await;
    window.fill("import-path", &secret.to_string_lossy()).await;
    window.click("import-preview").await;
    let is_shown = async || window.texts("failure").await.iter().any(|text| text.contains("may not read"));
    window.until("the refusal is shown", SOON, is_shown).await;
    assert_eq!(window.count("import-rows").await, 0);

    // A script of the page calls the commands as Tauri's own script does.
    let calls = [
        (
            "preview_import",
            json!({"source": {"from": "file", "file": {"by": "typed", "path": secret}}, "columns": null}),
        ),
        (
            "export_table",
            json!({"text": "owned", "file": {"by": "typed", "path": home.path("owned.csv")}, "replace": true}),
        ),
        ("export_table", json!({"text": "owned", "file": {"by": "chosen", "handle": 0}, "replace": true})),
        ("try_endpoint", json!({"address": "http://127.0.0.1:9/v1", "model": "m"})),
    ];
    for (command, request) in calls {
        let script = "const done = arguments[2];
            window.__TAURI_INTERNALS__.invoke(arguments[0], { request: arguments[1] })
                .then(() => done('answered'), failure => done(failure.message ?? String(failure)))";
        let answer: String = window.script_until_done(script, &[json!(command), request]).await;
        assert!(answer.contains("may not") || answer.contains("not chosen"), "{command}: {answer}");
    }
    assert!(!home.path("owned.csv").exists());
    window.close(&home).await;
}
