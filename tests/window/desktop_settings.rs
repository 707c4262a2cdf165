//! Tests that the page follows what a person has set in the desktop (more contrast, less motion), and that the web view's processes
//! are started as they must be.

use std::fs;

use crate::home::Home;
use crate::window::Window;

/// What the page takes from the desktop: whether it asks for more contrast and for less motion, the colour of quiet text, and how
/// long a bar of the strip takes to move.
async fn looks(window: &Window) -> (bool, bool, String, String) {
    let read = "const strip = document.createElement('div');
        strip.className = 'job-strip';
        strip.innerHTML = '<div class=\"bar\"><div></div></div>';
        document.body.append(strip);
        const looks = [matchMedia('(prefers-contrast: more)').matches, matchMedia('(prefers-reduced-motion: reduce)').matches,
            getComputedStyle(document.body).getPropertyValue('--quiet').trim(),
            getComputedStyle(strip.firstChild.firstChild).transitionDuration];
        strip.remove();
        return looks";
    window.script(read, &[]).await
}

#[tokio::test]
async fn more_contrast_and_less_motion_are_followed() {
    let home = Home::without_model();
    let config = home.path("config");
    fs::create_dir_all(config.join("gtk-3.0")).expect("the folder of GTK's settings");
    let mut all = Vec::new();
    for (theme, animations) in [("Adwaita", 1), ("HighContrast", 0)] {
        let settings = format!("[Settings]\ngtk-theme-name={theme}\ngtk-enable-animations={animations}\n");
        fs::write(config.join("gtk-3.0/settings.ini"), settings).expect("GTK's settings");
        let desktop = [("XDG_CONFIG_HOME", config.display().to_string())];
        let window = Window::open_with(&home, &desktop).await;
        window.click("theme-light").await;
        all.push(looks(&window).await);
        window.close(&home).await;
    }
    let [usual, asked] = &all[..] else { panic!("{all:?}") };
    assert_eq!((usual.0, usual.1), (false, false));
    assert_eq!((asked.0, asked.1), (true, true));
    assert_ne!(usual.2, asked.2, "quiet text is no longer quiet");
    assert_eq!((usual.3.as_str(), asked.3.as_str()), ("0.12s", "0s"));
}

/// Returns the environments of the processes of this program's web view that run the page.
fn web_processes(home: &Home) -> Vec<String> {
    let data = home.data().display().to_string();
    let processes = fs::read_dir("/proc").expect("the running processes").filter_map(|entry| {
        let folder = entry.ok()?.path();
        // Such a process may have ended since.
        let name = fs::read_to_string(folder.join("comm")).ok()?;
        let environment = String::from_utf8_lossy(&fs::read(folder.join("environ")).ok()?).into_owned();
        (name.starts_with("WebKitWebProc") && environment.contains(&data)).then_some(environment)
    });
    processes.collect()
}

#[tokio::test]
async fn the_page_never_goes_on_in_faster_code_in_the_middle_of_a_loop() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let processes = web_processes(&home);
    assert!(!processes.is_empty(), "no process runs the page");
    for environment in processes {
        assert!(environment.split('\0').any(|variable| variable == "JSC_useWasmOSR=0"), "{environment:?}");
    }
    window.close(&home).await;
}
