//! Tokens that a model's files name for a purpose, with the places that name them.

/// A token with the places that give it its purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedToken {
    /// The token.
    pub id: u32,
    /// The places: a file and a key (`tokenizer_config.json: eos_token`), or the chat template.
    pub places: Vec<String>,
}

impl NamedToken {
    pub(super) fn new(id: u32, place: impl Into<String>) -> Self {
        Self { id, places: vec![place.into()] }
    }
}

/// Tokens with one purpose, each once, in the order in which they were found.
#[derive(Debug, Clone, Default)]
pub(super) struct NamedTokens(Vec<NamedToken>);

impl NamedTokens {
    /// Adds a place that names a token.
    pub(super) fn add(&mut self, id: u32, place: impl Into<String>) {
        match self.0.iter_mut().find(|token| token.id == id) {
            Some(known) => known.places.push(place.into()),
            None => self.0.push(NamedToken::new(id, place)),
        }
    }

    /// Adds tokens with the places that name them.
    pub(super) fn extend(&mut self, tokens: impl IntoIterator<Item = (u32, String)>) {
        tokens.into_iter().for_each(|(id, place)| self.add(id, place));
    }

    /// Adds a place that names a token, and puts the token before all others.
    pub(super) fn put_first(&mut self, id: u32, place: impl Into<String>) {
        let mut token = match self.0.iter().position(|token| token.id == id) {
            Some(place) => self.0.remove(place),
            None => NamedToken { id, places: Vec::new() },
        };
        token.places.insert(0, place.into());
        self.0.insert(0, token);
    }

    pub(super) fn has(&self, id: u32) -> bool {
        self.0.iter().any(|token| token.id == id)
    }

    pub(super) fn first(&self) -> Option<u32> {
        self.0.first().map(|token| token.id)
    }

    pub(super) fn all(&self) -> &[NamedToken] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_once_with_all_places_that_name_it() {
        let mut tokens = NamedTokens::default();
        for (id, place) in [(2, "a"), (0, "b"), (2, "c")] {
            tokens.add(id, place);
        }
        tokens.put_first(0, "d");
        tokens.put_first(7, "e");
        let found: Vec<(u32, String)> =
            tokens.all().iter().map(|token| (token.id, token.places.join(" "))).collect();
        assert_eq!(found, [(7, "e".to_owned()), (0, "d b".to_owned()), (2, "a c".to_owned())]);
        assert!(tokens.has(2) && !tokens.has(3));
    }
}
