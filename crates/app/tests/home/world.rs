//! A store with homes and children in it, recorded in whatever order.

use app::home::words::Sex;
use app::home::{HomeList, NewChild};
use app::kernel::CouncilCode;
use app::{
    AsOf, ChildRef, Clock, InitOptions, Masked, Moment, NewSetting, Night, Office, PlaceCommand, PlaceRef,
    SettingField, SettingRef, StatementTerms, Target,
};
use tempfile::TempDir;

pub const NOW: &str = "2026-11-20T12:00:00Z";

/// SplitMix64.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (word ^ word >> 31) % end
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

pub fn night(text: &str) -> Night {
    Night::parse_iso(text).unwrap()
}

pub fn council(name: &str) -> CouncilCode {
    app::kernel::find(name).unwrap().code
}

pub struct World {
    pub office: Office,
    _folder: TempDir,
}

impl World {
    pub fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let mut office = Office::new(Target::Folder(folder.path().join("store")), "test");
        office.clock = Clock::Fixed(Moment::parse(NOW).unwrap());
        office.init(&InitOptions { reference_key: Some("key".to_owned()), ..InitOptions::default() }).unwrap();
        World { office, _folder: folder }
    }

    pub fn at(&mut self, moment: &str) {
        self.office.clock = Clock::Fixed(Moment::parse(moment).unwrap());
    }

    pub fn add(&self, setting: &SettingRef, facts: &[(SettingField, &str)]) {
        let facts = facts.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
        let from = night("2025-04-01");
        self.office.register_add(&NewSetting { setting: setting.clone(), from, facts }).unwrap();
    }

    pub fn say(&self, setting: &SettingRef, place: u16, command: &PlaceCommand) {
        let terms = StatementTerms {
            place: PlaceRef::try_new(setting.clone(), place).unwrap(),
            from: Some(night("2026-11-01")),
            until: None,
            expires: (*command == PlaceCommand::Free).then(|| Moment::parse("2026-12-31").unwrap()),
            by: Some("the home".to_owned()),
        };
        self.office.register_say(command, &terms).unwrap();
    }

    pub fn child(&self, local: &str, born: &str, sex: Sex, file: &str) -> ChildRef {
        let new = NewChild {
            council: council("Kent"),
            local_id: Masked::new(local),
            born: Some(night(born)),
            sex: Some(sex),
            ethnic: None,
            uasc: false,
            file: Some(file.to_owned()),
        };
        self.office.home_child(&new).unwrap().child
    }

    pub fn list(&self, child: ChildRef) -> HomeList {
        self.office.home_list(child, 50, true, false, &AsOf::default()).unwrap()
    }
}
