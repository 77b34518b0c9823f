//! Typed, opaque references. They are made by a keyed hash of what they stand for (`app` holds the key), so
//! the same fact has the same reference in whatever order facts arrive, and a reference tells nobody who it is.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Crockford's alphabet: no I, L, O or U, so that a reference can be read out over the telephone.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BITS: u64 = 60;

fn write(prefix: char, value: i64) -> String {
    let mut text = String::with_capacity(16);
    text.push(prefix);
    for place in 0..12 {
        if place % 4 == 0 {
            text.push('-');
        }
        let shift = BITS - 5 * (place + 1);
        text.push(ALPHABET[((value as u64 >> shift) & 31) as usize] as char);
    }
    text
}

fn read(prefix: char, text: &str) -> Option<i64> {
    let rest = text.strip_prefix([prefix, prefix.to_ascii_lowercase()])?;
    let (mut value, mut figures) = (0i64, 0);
    for character in rest.chars().filter(|&c| c != '-') {
        let upper = match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let figure = ALPHABET.iter().position(|&a| a as char == upper)?;
        value = (value << 5) | figure as i64;
        figures += 1;
        if figures > 12 {
            return None;
        }
    }
    (figures == 12).then_some(value)
}

macro_rules! reference {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// From the first eight bytes of a keyed hash; 60 bits of them are kept.
            pub fn from_hash(bytes: [u8; 8]) -> $name {
                $name((u64::from_be_bytes(bytes) >> (64 - BITS)) as i64)
            }

            /// From the stored number.
            pub fn from_stored(value: i64) -> Option<$name> {
                (0..1 << BITS).contains(&value).then_some($name(value))
            }

            /// The number as stored.
            pub fn stored(self) -> i64 {
                self.0
            }

            #[doc = concat!("From `", $prefix, "-XXXX-XXXX-XXXX`, in either case, hyphens optional.")]
            pub fn parse(text: &str) -> Option<$name> {
                read($prefix, text.trim()).map($name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&write($prefix, self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&write($prefix, self.0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&write($prefix, self.0))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                $name::parse(&text).ok_or_else(|| {
                    serde::de::Error::custom(concat!("not a reference ", $prefix, "-XXXX-XXXX-XXXX"))
                })
            }
        }
    };
}

reference!(
    /// A child, without who the child is: `C-7F3K-9M2Q-X4AB`.
    ChildRef, 'C'
);
reference!(
    /// One stay of one child in one place, for as long as it lasts: `P-7F3K-9M2Q-X4AB`.
    PlacementId, 'P'
);
reference!(
    /// One episode as reported, through all its corrections: `E-7F3K-9M2Q-X4AB`.
    EpisodeId, 'E'
);

/// The order of commits. Every fact and entry carries the `Seq` under which it was recorded; "as known at"
/// a moment means: with no greater `Seq` than the last one recorded by then.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub i64);

impl Seq {
    /// After everything that will ever be recorded: as known now.
    pub const NOW: Seq = Seq(i64::MAX);
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
