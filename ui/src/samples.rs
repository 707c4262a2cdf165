//! What tests begin with.

use ipc::Id;
use ipc::train::Method;
use ipc::vector::Vector;

/// A vector of BiPO after block 10.
pub(crate) fn vector(id: Id) -> Vector {
    Vector {
        id,
        name: format!("V{id}"),
        method: Some(Method::Bipo),
        adapter: None,
        layer: 10,
        layers: vec![10],
        acts: ipc::steering::Intervention::default(),
        trained_on: None,
        size: 4,
        norm: 1.0,
        norms: vec![1.0],
        residual_norm: None,
        model: 1,
        run: None,
        epoch: None,
        data_set: None,
        color: 0,
        created: id,
        tags: vec![],
        note: String::new(),
        hash: String::new(),
        data_hash: None,
        app_version: String::new(),
        made: None,
    }
}
