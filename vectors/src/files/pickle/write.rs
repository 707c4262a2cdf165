//! Writes the pickle of one tensor.

/// Returns the pickle of an f32 tensor in C order whose storage is named `0`, as `torch.save` writes it.
pub(in crate::files) fn write(shape: &[usize]) -> Vec<u8> {
    let mut bytes = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nq\x00((".to_vec();
    push_text(&mut bytes, "storage");
    bytes.extend(b"ctorch\nFloatStorage\n");
    push_text(&mut bytes, "0");
    push_text(&mut bytes, "cpu");
    push_integer(&mut bytes, shape.iter().product());
    bytes.extend(b"tQK\x00(");
    for size in shape {
        push_integer(&mut bytes, *size);
    }
    bytes.extend(b"t(");
    for place in 0..shape.len() {
        push_integer(&mut bytes, shape[place + 1..].iter().product());
    }
    bytes.extend(b"t\x89ccollections\nOrderedDict\n)RtR.");
    bytes
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(b'X');
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(text.as_bytes());
}

/// Pushes an integer in the four-byte form (BININT); the size of a vector always fits.
fn push_integer(bytes: &mut Vec<u8>, value: usize) {
    bytes.push(b'J');
    bytes.extend((value as u32).to_le_bytes());
}
