//! Drops answers that arrive after a later question: of several calls that show their answer in the same place, only the last
//! counts, whatever the order of the answers.

use leptos::prelude::*;

/// Numbers the calls of one place. Copies count together.
#[derive(Debug, Clone, Copy)]
pub struct Latest(StoredValue<u64>);

/// One of the calls.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    latest: Latest,
    number: u64,
}

impl Latest {
    /// Starts before the first call. Create it where the signals of the answer are created.
    #[must_use]
    pub fn new() -> Self {
        Self(StoredValue::new(0))
    }

    /// Begins a call. All earlier calls are no longer current.
    #[must_use]
    pub fn begin(self) -> Turn {
        let number = self.0.try_update_value(|number| {
            *number += 1;
            *number
        });
        Turn { latest: self, number: number.unwrap_or(0) }
    }
}

impl Default for Latest {
    fn default() -> Self {
        Self::new()
    }
}

impl Turn {
    /// Whether no later call has begun and the place of the answer still exists.
    #[must_use]
    pub fn is_current(self) -> bool {
        self.latest.0.try_get_value() == Some(self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_call_is_current_while_its_place_exists() {
        let owner = Owner::new();
        owner.set();
        let latest = Latest::new();
        let (first, second) = (latest.begin(), latest.begin());
        assert!(!first.is_current() && second.is_current());
        owner.cleanup();
        drop(owner);
        assert!(!second.is_current());
        assert!(!latest.begin().is_current());
    }
}
