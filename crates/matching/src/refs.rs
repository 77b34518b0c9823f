//! Opaque references of homes and people: up to twelve letters, digits and hyphens, packed into one number. A person's
//! is whatever the care side gave, never a name.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const ALPHABET: &[u8; 37] = b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LENGTH: usize = 12;

fn pack(text: &str) -> Option<u64> {
    let bytes = text.trim().as_bytes();
    if bytes.is_empty() || bytes.len() > LENGTH {
        return None;
    }
    bytes.iter().try_fold(0u64, |packed, byte| {
        let figure = ALPHABET.iter().position(|letter| *letter == byte.to_ascii_uppercase())?;
        Some(packed * 38 + figure as u64 + 1)
    })
}

fn unpack(mut packed: u64) -> String {
    let mut letters = Vec::with_capacity(LENGTH);
    while packed > 0 {
        // Only `pack` makes a reference, so no figure is 0; `from_number` may give any, and shows something still.
        let figure = (packed % 38).max(1) as usize - 1;
        letters.push(ALPHABET[figure] as char);
        packed /= 38;
    }
    letters.iter().rev().collect()
}

macro_rules! reference {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// From up to twelve letters, digits and hyphens, in either case.
            pub fn parse(text: &str) -> Option<$name> {
                pack(text).map($name)
            }

            /// From any number: for generated data.
            pub fn from_number(number: u64) -> $name {
                $name(number)
            }

            /// The number, for hashing.
            pub fn number(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&unpack(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&unpack(self.0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&unpack(self.0))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = String::deserialize(deserializer)?;
                $name::parse(&text).ok_or_else(|| {
                    serde::de::Error::custom(format!("`{text}` is no reference: up to 12 letters, digits and hyphens"))
                })
            }
        }
    };
}

reference!(
    /// A home: an Ofsted number such as `SC012345`, or what a register gave a household.
    HomeId
);
reference!(
    /// A person: the child searched for, a sibling, a resident, a carer, somebody to keep away from.
    Person
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_back_as_it_was_written() {
        for text in ["SC012345", "FH-00012", "-", "ZZZZZZZZZZZZ", "0"] {
            assert_eq!(HomeId::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(HomeId::parse("sc012345"), HomeId::parse("SC012345"));
        for text in ["", "1234567890123", "SC 1", "é"] {
            assert_eq!(HomeId::parse(text), None, "{text}");
        }
    }
}
