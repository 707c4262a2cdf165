//! Reads which model a file of Ollama's store belongs to.
//!
//! `blobs/sha256-HEX` holds contents, and `manifests/HOST/NAMESPACE/MODEL/TAG` (`manifests-v2` in newer stores, where it is a
//! link into `blobs`) names the contents of a model as layers of a kind each, or lists other manifests that do. The store
//! may be anywhere, so it is found from the content.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The folder of contents.
const BLOBS: &str = "blobs";
/// The folders of manifests, the newer one first.
const MANIFESTS: [&str; 2] = ["manifests-v2", "manifests"];
/// The kind of layer that holds a model's weights. Others are projectors, adapters, templates, licences.
const MODEL: &str = "application/vnd.ollama.image.model";
/// The most bytes of a manifest, which has a few hundred for each layer.
const MAX_MANIFEST_BYTES: u64 = 1 << 20;
/// The most manifests that are read.
const MAX_MANIFESTS: usize = 4096;
/// A part of the name of the host that is not written: Ollama's own.
const USUAL_HOST: &str = "ollama";
/// The namespace that is not written, on that host.
const USUAL_NAMESPACE: &str = "library";
/// The tag that is not written.
const USUAL_TAG: &str = "latest";

/// What a content of the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// The weights of the model with this name, as `ollama list` writes it.
    Model(String),
    /// Something else of a model: what an image is read with, an adapter, a template.
    Other,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    layers: Vec<Described>,
    #[serde(default)]
    manifests: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    media_type: String,
    digest: String,
}

/// A manifest in a list: its layers, or where they are described.
#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    layers: Vec<Described>,
    #[serde(default)]
    digest: String,
}

/// Returns whether a file's name is that of a content of Ollama's store. Older stores have a colon in it.
#[must_use]
pub fn is_blob(name: &str) -> bool {
    let digits = name.strip_prefix("sha256").and_then(|rest| rest.strip_prefix(['-', ':']));
    digits.is_some_and(|digits| digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// Returns what the store's manifests say of a content; `None` where the file is in no such store, or no manifest names it.
/// Of a model with several names the first one counts, by the alphabet.
#[must_use]
pub fn layer(blob: &Path) -> Option<Layer> {
    let name = blob.file_name()?.to_str().filter(|name| is_blob(name))?;
    let blobs = blob.parent().filter(|folder| folder.ends_with(BLOBS))?;
    let digest = &name["sha256-".len()..];
    let (mut names, mut is_other) = (Vec::new(), false);
    for root in MANIFESTS.map(|folder| blobs.with_file_name(folder)) {
        for path in manifests(&root) {
            for described in layers(&path, blobs) {
                if !described.digest.get("sha256:".len()..).is_some_and(|of| of.eq_ignore_ascii_case(digest))
                {
                    continue;
                }
                if described.media_type == MODEL {
                    names.extend(model_name(path.strip_prefix(&root).ok()?));
                } else {
                    is_other = true;
                }
            }
        }
    }
    names.sort();
    names.into_iter().next().map(Layer::Model).or(is_other.then_some(Layer::Other))
}

/// Returns the files four levels below a folder.
fn manifests(root: &Path) -> Vec<PathBuf> {
    let mut level = vec![root.to_owned()];
    for _ in 0..4 {
        let entries = level.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
        level = entries.map(|entry| entry.path()).take(MAX_MANIFESTS).collect();
    }
    level
}

/// Returns the layers of a manifest, and of those that it lists. One that cannot be read has none: Ollama may be writing it.
fn layers(path: &Path, blobs: &Path) -> Vec<Described> {
    let Some(Manifest { mut layers, manifests }) = read(path) else { return Vec::new() };
    for listed in manifests {
        let is_elsewhere = listed.layers.is_empty() && is_blob(&listed.digest);
        let elsewhere = is_elsewhere.then(|| blobs.join(listed.digest.replace(':', "-")));
        layers.extend(listed.layers);
        layers
            .extend(elsewhere.and_then(|path| read(&path)).into_iter().flat_map(|manifest| manifest.layers));
    }
    layers
}

fn read(path: &Path) -> Option<Manifest> {
    let (file, _) = regular_file::open(path).ok()?;
    let mut text = Vec::new();
    file.take(MAX_MANIFEST_BYTES).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Returns a model's name as `ollama list` writes it: what is usual is left out, from the left.
fn model_name(manifest: &Path) -> Option<String> {
    let parts: Vec<&str> = manifest.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
    let [host, namespace, model, tag] = parts[..] else { return None };
    let is_usual_host = host.split('.').any(|part| part.eq_ignore_ascii_case(USUAL_HOST));
    let is_usual_namespace = is_usual_host && namespace.eq_ignore_ascii_case(USUAL_NAMESPACE);
    let left_out = usize::from(is_usual_host) + usize::from(is_usual_namespace);
    let name = [host, namespace, model][left_out..].join("/");
    Some(if tag.eq_ignore_ascii_case(USUAL_TAG) { name } else { format!("{name}:{tag}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use tempfile::TempDir;

    fn digest(digit: char) -> String {
        format!("sha256:{}", digit.to_string().repeat(64))
    }

    struct Store(TempDir);

    impl Store {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a temporary folder"))
        }

        fn write(&self, path: &str, content: &Value) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, content.to_string()).expect("a file");
        }

        fn layer(&self, digit: char) -> Option<Layer> {
            layer(&self.0.path().join(BLOBS).join(digest(digit).replace(':', "-")))
        }
    }

    fn manifest(layers: &[(&str, char)]) -> Value {
        let layers = layers.iter().map(|(kind, digit)| {
            json!({"mediaType": format!("application/vnd.ollama.image.{kind}"), "digest": digest(*digit), "size": 1})
        });
        json!({"schemaVersion": 2, "config": {"digest": digest('0')}, "layers": layers.collect::<Vec<_>>()})
    }

    fn model(name: &str) -> Layer {
        Layer::Model(name.to_owned())
    }

    #[test]
    fn a_models_name_is_that_of_its_manifest() {
        let store = Store::new();
        let llama = manifest(&[("model", 'a'), ("projector", 'b'), ("template", 'c')]);
        store.write("manifests/models.ollama.example/library/llama3.2/1b", &llama);
        store.write("manifests/hf.co/bartowski/Qwen/Q4_K_M", &manifest(&[("model", 'd')]));
        store.write("manifests/models.ollama.example/me/mine/latest", &manifest(&[("model", 'e')]));
        assert_eq!(store.layer('a'), Some(model("llama3.2:1b")));
        assert_eq!(store.layer('d'), Some(model("hf.co/bartowski/Qwen:Q4_K_M")));
        assert_eq!(store.layer('e'), Some(model("me/mine")));
        assert_eq!([store.layer('b'), store.layer('c')], [Some(Layer::Other), Some(Layer::Other)]);
        assert_eq!(store.layer('f'), None);
        // A copy of the same weights under a second name.
        store.write("manifests/models.ollama.example/library/assistant/latest", &llama);
        assert_eq!(store.layer('a'), Some(model("assistant")));
    }

    #[test]
    fn lists_of_manifests_and_newer_stores_are_read() {
        let store = Store::new();
        let child = manifest(&[("model", 'b')]);
        store.write(&format!("blobs/{}", digest('9').replace(':', "-")), &child);
        let list = json!({"manifests": [
            {"runner": "mlx", "layers": [{"mediaType": "application/vnd.ollama.image.tensor", "digest": digest('c')}]},
            {"runner": "ollama", "digest": digest('9')},
        ]});
        store.write("manifests-v2/models.ollama.example/library/new/8b", &list);
        assert_eq!(store.layer('b'), Some(model("new:8b")));
        assert_eq!(store.layer('c'), Some(Layer::Other));
    }

    #[test]
    fn damaged_manifests_and_files_elsewhere_say_nothing() {
        let store = Store::new();
        store.write("manifests/models.ollama.example/library/half/latest", &json!("half"));
        store.write("manifests/models.ollama.example/library/odd", &json!({}));
        assert_eq!(store.layer('a'), None);
        assert_eq!(layer(Path::new("model.gguf")), None);
        assert_eq!(layer(&store.0.path().join("sha256-1")), None);
        assert!(is_blob(&digest('a')) && !is_blob("sha256-xyz") && !is_blob("sha25a"));
    }
}
