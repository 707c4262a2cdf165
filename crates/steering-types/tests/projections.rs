//! Tests how the names of projections are read, listed and stored.

use steering_types::{Projection, Projections, UnknownProjection};

#[test]
fn names_are_read_in_any_order_and_listed_in_one() {
    let read: Projections = "down_proj, q_proj".parse().expect("two names");
    assert_eq!(read.iter().map(Projection::name).collect::<Vec<_>>(), ["q_proj", "down_proj"]);
    assert_eq!("all-linear".parse(), Ok(Projections::all()));
    assert_eq!(Projections::all().len(), 7);
    assert_eq!("q_proj,,".parse::<Projections>(), Err(UnknownProjection(String::new())));
    assert_eq!("lm_head".parse::<Projections>(), Err(UnknownProjection("lm_head".into())));
}

#[test]
fn they_are_stored_as_the_names() {
    let stored = serde_json::to_string(&Projections::default()).expect("serialized");
    assert_eq!(stored, r#"["q_proj","v_proj"]"#);
    assert_eq!(serde_json::from_str::<Projections>(&stored).expect("names"), Projections::default());
}
