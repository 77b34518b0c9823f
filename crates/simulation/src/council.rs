//! The settings that a council uses, and which of them a child's status and age can lead to.

use std::fmt;

use crate::rng::Rng;

/// A postcode of the right shape in an area, EA, that no post office serves: it is nobody's address. Family
/// homes have even numbers and placements odd ones, so the two never meet by chance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Postcode(u32);

impl Postcode {
    pub(crate) fn family(rng: &mut Rng) -> Postcode {
        Postcode(2 * rng.below(58_000))
    }

    fn placement(rng: &mut Rng) -> Postcode {
        Postcode(2 * rng.below(58_000) + 1)
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LETTERS: &[u8; 20] = b"ABDEFGHJLNPQRSTUWXYZ";
        let letter = |n: u32| LETTERS[(n % 20) as usize] as char;
        let (sector, first, second) = (self.0 / 400 % 10, letter(self.0 / 20), letter(self.0));
        write!(f, "EA{} {sector}{first}{second}", 1 + self.0 / 4000)
    }
}

/// Where a child sleeps, as an episode tells it. `provider` is empty and `urn` absent where a return has none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bed {
    pub(crate) place: &'static str,
    pub(crate) provider: &'static str,
    pub(crate) urn: Option<u32>,
    pub(crate) postcode: Postcode,
}

impl Bed {
    pub(crate) fn fostering(self) -> bool {
        self.place.starts_with('U')
    }

    /// Whether a child of this legal status may be in such a bed at all.
    pub(crate) fn lawful(self, status: &str) -> bool {
        match self.place {
            "P1" => matches!(status, "C1" | "C2"),
            "A5" | "A6" => status == "E1",
            "R5" => status == "J1",
            _ => true,
        }
    }

    /// The temporary bed of a stay away. The return leaves its provider and URN blank.
    pub(crate) fn away(place: &'static str, rng: &mut Rng) -> Bed {
        Bed { place, provider: "", urn: None, postcode: Postcode::placement(rng) }
    }
}

/// The homes and agencies of one plan. Their URNs begin with 90, where the regulator has issued none.
pub(crate) struct Council {
    homes: Vec<Bed>,
    supported: Vec<Bed>,
    agencies: Vec<(&'static str, u32)>,
    secure: Vec<Bed>,
    families: Vec<Bed>,
}

impl Council {
    /// Enough settings that about two of every twenty children fill the homes, as they do in England.
    pub(crate) fn new(seed: u64, children: u32) -> Council {
        let mut rng = Rng::stream(seed, u64::MAX - 1);
        let mut urn = 9_000_000 + rng.below(1000);
        let mut next_urn = |rng: &mut Rng| {
            urn += 1 + rng.below(7);
            urn
        };
        let mut settings = |count: u32, place, providers: &[(&'static str, u32)], rng: &mut Rng| {
            (0..count)
                .map(|_| Bed {
                    place,
                    provider: rng.weigh(providers),
                    urn: Some(next_urn(rng)),
                    postcode: Postcode::placement(rng),
                })
                .collect::<Vec<_>>()
        };
        let homes = [("PR4", 84), ("PR1", 10), ("PR5", 6)];
        let independent = [("PR4", 88), ("PR5", 12)];
        Council {
            // Two private homes whatever chance says: a move between them needs both.
            homes: [settings(2, "K2", &[("PR4", 1)], &mut rng), settings(2 + children / 20, "K2", &homes, &mut rng)]
                .concat(),
            supported: settings(3 + children / 100, "K3", &independent, &mut rng),
            secure: settings(2, "K1", &[("PR2", 1)], &mut rng),
            families: settings(2, "R3", &independent, &mut rng),
            agencies: settings(4 + children / 250, "U6", &independent, &mut rng)
                .iter()
                .filter_map(|bed| Some((bed.provider, bed.urn?)))
                .collect(),
        }
    }

    /// Two different private children's homes.
    pub(crate) fn two_private_homes(&self, rng: &mut Rng) -> (Bed, Bed) {
        let private: Vec<Bed> = self.homes.iter().copied().filter(|home| home.provider == "PR4").collect();
        let first = rng.below(private.len() as u32) as usize;
        let further = 1 + rng.below(private.len() as u32 - 1) as usize;
        (private[first], private[(first + further) % private.len()])
    }

    /// A bed for a child of this status and age. Weights are per mille of the placements open on 31 March:
    /// about 67 fostering, 12 homes, 5 supported accommodation, 7 parents, 3 adoption in a hundred.
    pub(crate) fn bed(&self, status: &str, age: i16, alone: bool, home: Postcode, rng: &mut Rng) -> Bed {
        let on_order = if matches!(status, "C1" | "C2") { 1 } else { 0 };
        let kind = match (status, age) {
            ("E1", _) => rng.weigh(&[("A6", 450), ("A5", 120), ("U", 430)]),
            ("J1", _) => rng.weigh(&[("R5", 350), ("K1", 150), ("K2", 350), ("U", 150)]),
            ("L1" | "L2", ..10) => "U",
            ("L1" | "L2", _) => rng.weigh(&[("U", 850), ("K2", 150)]),
            (_, 16..) if alone => rng.weigh(&[("U", 450), ("K3", 500), ("K2", 50)]),
            _ if alone => "U",
            (_, ..1) => rng.weigh(&[("U", 800), ("P1", 80 * on_order), ("R3", 120)]),
            (_, ..8) => rng.weigh(&[("U", 800), ("P1", 160 * on_order), ("K2", 20), ("R3", 20)]),
            (_, ..16) => {
                rng.weigh(&[("U", 610), ("K2", 200), ("P1", 120 * on_order), ("R1", 50), ("R2", 15), ("K1", 5)])
            }
            _ => rng.weigh(&[
                ("U", 380),
                ("K2", 230),
                ("K3", 270),
                ("P1", 50 * on_order),
                ("R1", 30),
                ("R2", 5),
                ("K1", 5),
            ]),
        };
        let plain =
            |place, provider, rng: &mut Rng| Bed { place, provider, urn: None, postcode: Postcode::placement(rng) };
        match kind {
            "K1" => rng.pick(&self.secure),
            "K2" => rng.pick(&self.homes),
            "K3" => rng.pick(&self.supported),
            "R3" => rng.pick(&self.families),
            "P1" => Bed { place: "P1", provider: "PR0", urn: None, postcode: home },
            "R1" => plain("R1", "PR4", rng),
            "R2" => plain("R2", "PR3", rng),
            "R5" => plain("R5", "PR3", rng),
            "A5" => plain("A5", "PR1", rng),
            "A6" => {
                let provider = rng.weigh(&[("PR1", 50), ("PR2", 30), ("PR5", 20)]);
                plain("A6", provider, rng)
            }
            _ => self.fostering(alone, rng),
        }
    }

    /// With kin, the council's own carers or an agency's.
    pub(crate) fn fostering(&self, alone: bool, rng: &mut Rng) -> Bed {
        let kin = if alone { 0 } else { 1 };
        let codes = [("U3", 130 * kin), ("U1", 70 * kin), ("U2", 5 * kin), ("U4", 330), ("U5", 15 * kin), ("U6", 450)];
        let place = rng.weigh(&codes);
        let postcode = Postcode::placement(rng);
        let own = Bed { place, provider: "PR1", urn: None, postcode };
        if matches!(place, "U1" | "U2" | "U3" | "U5") || rng.chance(560) {
            return own;
        }
        let (provider, urn) = rng.pick(&self.agencies);
        Bed { provider, urn: Some(urn), ..own }
    }
}
