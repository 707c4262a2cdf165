//! What stands in place of a model's file, by its first bytes: each kind with what to do about it.

use crate::model::ModelError;

/// The bytes that are looked at.
const HEAD_BYTES: usize = 512;

/// Returns the error of a file that is no part of a model and whose kind is known; `None` for others.
pub(super) fn foreign(bytes: &[u8]) -> Option<ModelError> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let kind = |kind, next| Some(ModelError::Foreign { kind, next });
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().to_ascii_lowercase();
    let begins = |magic: &[&[u8]]| magic.iter().any(|magic| head.starts_with(magic));
    if text.starts_with(b"version https://git-lfs") {
        kind("a Git LFS pointer", "fetch the content itself with `git lfs pull`")
    } else if text.starts_with(b"<!doctype") || text.starts_with(b"<html") || text.starts_with(b"<?xml") {
        kind("a web page", "download the file itself; where the hub asks for a login, give it a token")
    } else if begins(&[b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04"]) {
        let next = "unpack an archive; save PyTorch weights (.bin, .pt) as safetensors with transformers' `save_pretrained`";
        kind("a zip archive or PyTorch's own file", next)
    } else if begins(&[b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"BZh", b"7z\xbc\xaf", b"Rar!"]) {
        kind("a compressed archive", "unpack it first")
    } else if begins(&[b"lmgg", b"fmgg", b"tjgg", b"algg", b"ggml", b"ggjt", b"ggla"]) {
        kind("a file in a format before GGUF", "take the model as a GGUF file")
    } else if is_safetensors(head) {
        kind(
            "a safetensors file",
            "choose the folder in which it lies with its config.json and tokenizer.json",
        )
    } else if text.starts_with(b"{") || text.starts_with(b"[") {
        kind("a JSON file", "choose the model's GGUF file, or the folder with its safetensors")
    } else {
        None
    }
}

/// Returns whether a file begins as a safetensors file does: the length of a header, and its JSON.
fn is_safetensors(head: &[u8]) -> bool {
    head.first_chunk().is_some_and(|length| u64::from_le_bytes(*length) < 1 << 27)
        && head.get(8) == Some(&b'{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_named_with_what_to_do() {
        let safetensors = [16_u64.to_le_bytes().as_slice(), b"{\"a\":{}}"].concat();
        for (bytes, kind, next) in [
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:00".as_slice(),
                "Git LFS",
                "git lfs pull",
            ),
            (b"\n <!DOCTYPE html><title>Sign in</title>", "a web page", "download the file itself"),
            (b"\xef\xbb\xbf<html>", "a web page", "token"),
            (b"PK\x03\x04rest", "zip", "unpack"),
            (b"\x80\x02}q\x00", "PyTorch", "save_pretrained"),
            (b"\x1f\x8b\x08", "compressed", "unpack it first"),
            (b"tjgg\x03\0\0\0", "before GGUF", "as a GGUF file"),
            (&safetensors, "a safetensors file", "config.json"),
            (b"{\"model_type\": 1}", "a JSON file", "GGUF"),
        ] {
            let words = foreign(bytes).map(|error| error.to_string()).unwrap_or_default();
            assert!(words.contains(kind) && words.contains(next), "{words:?} for {bytes:?}");
        }
        assert!(
            foreign(b"GGUF\x03\0\0\0").is_none() && foreign(b"").is_none() && foreign(b"\x01\x02").is_none()
        );
    }
}
