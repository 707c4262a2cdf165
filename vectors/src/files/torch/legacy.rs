//! PyTorch's form before its zip archives, which old programs and `_use_new_zipfile_serialization=False` write: pickles one
//! behind the other, and behind the last one the bytes of each storage. They are parsed under the limits of the others.

use std::collections::BTreeMap;

use super::super::FileError;
use super::super::error::damaged;
use super::super::pickle::{Described, Saved, describe_first};
use super::{FORMAT, File, MAX_PICKLE_BYTES, Source};

/// The number that such a file begins with, as its first pickle has it, and the end of that.
const MAGIC: &[u8] = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";

/// What a file that is neither is told.
const NO_ARCHIVE: &str = "it is no zip archive";
const OTHER_PICKLE: &str = "it is a pickle that torch.save did not write; torch.save(pickle.load(open(\"IN\", \"rb\")), \"OUT\") makes one that is read, and is for files that you trust";

/// Reads a file, and describes its tensors.
pub(super) fn read(bytes: &[u8]) -> Result<File<'_>, FileError> {
    let Some(rest) = behind_magic(bytes) else {
        let detail = if bytes.first() == Some(&0x80) { OTHER_PICKLE } else { NO_ARCHIVE };
        return Err(damaged(FORMAT, "its beginning", detail));
    };
    // The number of the protocol, and what the sizes of numbers were on the machine that wrote it. In such a file the lowest
    // byte of a number comes first on every machine.
    let rest = part(part(rest)?.behind)?.behind;
    let Described { saved, storages, behind } = part(rest)?;
    let Described { saved: keys, behind, .. } = part(behind)?;
    let refuse = |detail| damaged(FORMAT, "its storages", detail);
    let Saved::List(keys) = keys else { return Err(refuse("they have no list of names")) };
    let (mut rest, mut inside) = (behind, BTreeMap::new());
    for key in keys {
        let Saved::Text(key) = key else { return Err(refuse("one of them has no name")) };
        let kind = storages.get(&key).ok_or_else(|| refuse("the pickle names one that is not there"))?;
        let (count, behind) = rest.split_first_chunk::<8>().ok_or_else(|| refuse("they are cut off"))?;
        let size =
            usize::try_from(i64::from_le_bytes(*count)).ok().and_then(|count| count.checked_mul(kind.size()));
        let split = size.and_then(|size| behind.split_at_checked(size));
        let (numbers, behind) = split.ok_or_else(|| refuse("they are cut off"))?;
        inside.insert(key, numbers);
        rest = behind;
    }
    Ok(File { saved, source: Source::Inside(inside), is_big: false })
}

/// One of the pickles.
fn part(bytes: &[u8]) -> Result<Described<'_>, FileError> {
    describe_first(bytes, MAX_PICKLE_BYTES as usize)
}

/// What stands behind the number that such a file begins with; `None` of another file.
fn behind_magic(bytes: &[u8]) -> Option<&[u8]> {
    let [0x80, _, rest @ ..] = bytes else { return None };
    // Newer protocols write the length of what follows first.
    let rest = match rest {
        [0x95, framed @ ..] => framed.get(8..)?,
        rest => rest,
    };
    rest.strip_prefix(MAGIC)
}

#[cfg(test)]
mod tests {
    use super::super::super::bytes::to_bytes;
    use super::super::parse;
    use super::*;

    /// A file as PyTorch 2 writes it in the old form: what it saves, and its storages in order.
    fn file(pickle: &[u8], storages: &[(u8, &[f32])]) -> Vec<u8> {
        let sizes = b"}q\x00(X\x10\0\0\0protocol_versionq\x01M\xe9\x03X\x0d\0\0\0little_endianq\x02\x88X\x0a\0\0\0type_sizesq\x03}q\x04(X\x05\0\0\0shortq\x05K\x02X\x03\0\0\0intq\x06K\x04X\x04\0\0\0longq\x07K\x04uu.";
        let keys: Vec<u8> = storages.iter().flat_map(|(key, _)| [b'X', 1, 0, 0, 0, *key]).collect();
        let keys = [b"\x80\x02](".as_slice(), &keys, b"e."].concat();
        let numbers = storages.iter().flat_map(|(_, numbers)| {
            [(numbers.len() as i64).to_le_bytes().to_vec(), to_bytes(numbers)].concat()
        });
        let numbers: Vec<u8> = numbers.collect();
        let head = [b"\x80\x02".as_slice(), MAGIC, b"\x80\x02M\xe9\x03.\x80\x02", sizes].concat();
        [head.as_slice(), pickle, &keys, &numbers].concat()
    }

    /// The pickle of a tensor of two numbers in storage `key`, with the place of a view behind the reference, as the old form
    /// has it.
    fn tensor(key: u8, view: &[u8]) -> Vec<u8> {
        let storage = [b"X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0".as_slice(), &[key]].concat();
        [
            b"ctorch._utils\n_rebuild_tensor_v2\n((".as_slice(),
            &storage,
            b"X\x03\0\0\0cpuK\x02",
            view,
            b"tQK\x00K\x02\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR",
        ]
        .concat()
    }

    fn whole(pickle: &[u8]) -> Vec<u8> {
        [b"\x80\x02".as_slice(), pickle, b"."].concat()
    }

    #[test]
    fn tensors_of_the_old_form_are_read_from_their_own_storages() {
        let one = file(&whole(&tensor(b'0', b"N")), &[(b'0', &[1.0, 2.0])]);
        let read = parse(&one).unwrap().vectors(Some(3), None).unwrap();
        assert_eq!(read.vectors[0].values.as_ref(), [1.0, 2.0]);
        let by_layers =
            [b"}(K\x0a".as_slice(), &tensor(b'7', b""), b"K\x0b", &tensor(b'8', b"N"), b"u"].concat();
        let two = file(&whole(&by_layers), &[(b'7', &[1.0, 2.0]), (b'8', &[3.0, 4.0])]);
        let read = parse(&two).unwrap().vectors(None, None).unwrap();
        let found: Vec<(usize, &[f32])> =
            read.vectors.iter().map(|vector| (vector.layer, vector.values.as_ref())).collect();
        assert_eq!(found, [(10, [1.0, 2.0].as_slice()), (11, &[3.0, 4.0])]);
    }

    #[test]
    fn what_does_not_belong_into_the_old_form_is_refused() {
        let message = |bytes: &[u8]| parse(bytes).unwrap_err().to_string();
        let one = file(&whole(&tensor(b'0', b"N")), &[(b'0', &[1.0, 2.0])]);
        for length in 0..one.len() {
            assert!(parse(&one[..length]).is_err(), "{length}");
        }
        for place in 0..one.len() {
            let mut changed = one.clone();
            changed[place] ^= 0x41;
            drop(parse(&changed));
        }
        assert!(message(&one[..one.len() - 1]).contains("cut off"));
        let view = file(&whole(&tensor(b'0', b"(K\x01K\x00K\x02t")), &[(b'0', &[1.0, 2.0])]);
        assert!(message(&view).contains("other than a storage"));
        let missing = file(&whole(&tensor(b'0', b"N")), &[]);
        assert!(message(&missing).contains("not there"));
        let run = file(&whole(b"cposix\nsystem\nX\x04\0\0\0true\x85R"), &[]);
        assert!(message(&run).contains("posix.system"));
        let large = file(&whole(&b"N".repeat(600_000)), &[]);
        assert!(message(&large).contains("more bytes are promised"), "a pickle has a limit");
        // Pickles of other programs, and no pickle.
        assert!(message(b"\x80\x04\x95\x05\0\0\0\0\0\0\0]\x94K\x01a.").contains("pickle.load"));
        assert!(message(b"no archive").contains("no zip archive"));
    }
}
