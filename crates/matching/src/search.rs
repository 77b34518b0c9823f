//! The child's side: what one search says.

use kernel::{GridPoint, Night, Nights};
use serde::{Deserialize, Serialize};

use crate::refs::Person;
use crate::words::{Accesses, Faith, Faiths, Kinds, Languages, Needs, RoomFacts, Sex, Trait, Traits};

/// A wish has a bit of its own in the order, so there is an end to them.
pub const MOST_WISHES: usize = 12;

/// One child's search for a home. Nothing in it says what anything costs, and nothing predicts how it will go.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The child, opaque.
    pub child: Person,
    /// Date of birth.
    pub born: Night,
    /// As registrations of homes have it.
    pub sex: Sex,
    /// The nights looked for. Numbers, ages, authority and approval must hold on every one.
    pub stay: Nights,
    /// What the home must be able to do.
    #[serde(default)]
    pub needs: Needs,
    /// What the house must have.
    #[serde(default)]
    pub access: Accesses,
    /// What the bedroom must be.
    #[serde(default)]
    pub room: RoomFacts,
    /// What others should know of living with this child. Age and sex are added by themselves.
    #[serde(default)]
    pub traits: Traits,
    /// With whom or what the child cannot live.
    #[serde(default)]
    pub cannot_live_with: Traits,
    /// Courts' authority to keep the child in a secure place or deprive them of liberty.
    #[serde(default)]
    pub authority: Vec<Authority>,
    /// People to keep away from.
    #[serde(default)]
    pub avoid_people: Vec<Person>,
    /// Places to keep away from.
    #[serde(default)]
    pub avoid_places: Vec<Zone>,
    /// The child's wishes, the most important first, at most [`MOST_WISHES`].
    #[serde(default)]
    pub wishes: Vec<Wish>,
    /// Where home is.
    #[serde(default)]
    pub home: Option<GridPoint>,
    /// Where school is.
    #[serde(default)]
    pub school: Option<GridPoint>,
    /// Other places to be near: a grandmother, a club, a mosque.
    #[serde(default)]
    pub near: Vec<GridPoint>,
    /// Brothers and sisters who live elsewhere already.
    #[serde(default)]
    pub siblings: Vec<Sibling>,
    /// Languages the child speaks at home.
    #[serde(default)]
    pub languages: Languages,
    /// The child's faith.
    #[serde(default)]
    pub faith: Option<Faith>,
}

/// What a court (or the Secretary of State) has allowed, and for which nights.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// What for.
    pub allows: Allows,
    /// For these nights and no other.
    pub nights: Nights,
    /// The Secretary of State has approved a secure place for a child under 13 (Children (Secure Accommodation)
    /// Regulations 1991, regulation 4).
    #[serde(default)]
    pub under_thirteen: bool,
}

/// What an authority is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allows {
    /// A secure children's home: Children Act 1989, section 25.
    Secure,
    /// To deprive of liberty elsewhere: the High Court's inherent jurisdiction.
    DeprivationOfLiberty,
}

/// Somewhere to keep away from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Its middle.
    pub at: GridPoint,
    /// How far to stay away, in metres.
    pub metres: u32,
}

/// A brother or sister with a home already.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sibling {
    /// Who.
    pub person: Person,
    /// Where they live.
    #[serde(default)]
    pub at: Option<GridPoint>,
}

/// One thing the child wishes. Distances in metres.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// One of these sorts of home.
    Kind(Kinds),
    /// No further from home.
    NearHome(u32),
    /// No further from school.
    NearSchool(u32),
    /// No further from one of the places to be near.
    NearPlace(u32),
    /// With this person: a carer, a relative, a friend.
    With(Person),
    /// Where a brother or sister lives.
    WithSibling,
    /// One of these languages is spoken.
    Language(Languages),
    /// One of these faiths is lived.
    Faith(Faiths),
    /// One of these is there: a dog.
    Having(Traits),
    /// None of these is there: no smoker, no other child.
    Without(Traits),
}

/// Why a search cannot be run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SearchError {
    /// More wishes than the order has room for.
    TooManyWishes(usize),
    /// The stay begins before the child is born.
    NotBorn,
    /// The child is 18 before the stay begins.
    Grown,
    /// A wish for nearness to somewhere that the search does not name.
    NearNowhere(usize),
}

impl std::fmt::Display for SearchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SearchError::TooManyWishes(count) => {
                write!(f, "there are {count} wishes; keep the {MOST_WISHES} that matter most, the most important first")
            }
            SearchError::NotBorn => f.write_str("the stay begins before the child is born: mend `born` or `stay`"),
            SearchError::Grown => f.write_str("the child is 18 before the stay begins: mend `born` or `stay`"),
            SearchError::NearNowhere(at) => write!(
                f,
                "wish {} is to be near a place that the search does not give: add `home`, `school` or `near`",
                at + 1
            ),
        }
    }
}

impl std::error::Error for SearchError {}

impl Search {
    /// A search that says the least: a child, a date of birth, a sex, a stay.
    pub fn new(child: Person, born: Night, sex: Sex, stay: Nights) -> Search {
        Search {
            child,
            born,
            sex,
            stay,
            needs: Needs::NONE,
            access: Accesses::NONE,
            room: RoomFacts::NONE,
            traits: Traits::NONE,
            cannot_live_with: Traits::NONE,
            authority: Vec::new(),
            avoid_people: Vec::new(),
            avoid_places: Vec::new(),
            wishes: Vec::new(),
            home: None,
            school: None,
            near: Vec::new(),
            siblings: Vec::new(),
            languages: Languages::NONE,
            faith: None,
        }
    }

    /// Whether it can be run.
    pub fn check(&self) -> Result<(), SearchError> {
        if self.wishes.len() > MOST_WISHES {
            return Err(SearchError::TooManyWishes(self.wishes.len()));
        }
        if self.stay.start() < self.born {
            return Err(SearchError::NotBorn);
        }
        if self.stay.start() >= self.born.birthday(18) {
            return Err(SearchError::Grown);
        }
        let nowhere = self.wishes.iter().position(|wish| match wish {
            Wish::NearHome(_) => self.home.is_none(),
            Wish::NearSchool(_) => self.school.is_none(),
            Wish::NearPlace(_) => self.near.is_empty(),
            _ => false,
        });
        nowhere.map_or(Ok(()), |at| Err(SearchError::NearNowhere(at)))
    }

    /// What it is to live with this child: what the search says, and age on the first night and sex.
    pub fn own_traits(&self) -> Traits {
        let age = self.stay.start().age(self.born);
        self.traits.or(Trait::of_age(age).into()).or(Trait::of_sex(self.sex).into())
    }

    /// The ages the child has on nights of the stay while a child: first and last. Who turns 18 leaves the search's
    /// ages, not the home: staying put is another arrangement.
    pub fn ages(&self) -> (u8, u8) {
        let age = |night: Night| night.age(self.born).clamp(0, 17) as u8;
        (age(self.stay.start()), age(self.stay.last()))
    }
}
