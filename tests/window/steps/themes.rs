//! Switches between the light, the dark and the system's theme.

use crate::window::{SOON, Window};

/// Checks that the page's colours follow the choice.
pub(crate) async fn switch(window: &Window) {
    let ground = async || -> String {
        window.script("return getComputedStyle(document.body).backgroundColor", &[]).await
    };
    window.click("theme-light").await;
    let is_light = async || {
        window.script::<String>("return document.documentElement.dataset.theme", &[]).await == "light"
    };
    window.until("the page is light", SOON, is_light).await;
    let light = ground().await;
    window.click("theme-dark").await;
    window.until("dark has another ground than light", SOON, async || ground().await != light).await;
    window.click("theme-light").await;
    window.until("light comes back", SOON, async || ground().await == light).await;
    window.click("theme-system").await;
}
