//! Where the columns stand in each table.

macro_rules! columns {
    ($($module:ident, $table:ident: $($name:ident = $place:literal),*;)*) => {
        $(pub(super) mod $module { $(pub(in super::super) const $name: usize = $place;)* })*

        #[cfg(test)]
        #[test]
        fn the_columns_stand_where_the_checks_think() {
            use crate::ssda903::Table;
            $($(assert_eq!(Table::$table.columns()[$module::$name], stringify!($name));)*)*
        }
    };
}

columns! {
    header, Header: SEX = 1, DOB = 2, ETHNIC = 3, UPN = 4;
    episodes, Episodes: DECOM = 1, RNE = 2, LS = 3, CIN = 4, PLACE = 5, PLACE_PROVIDER = 6, DEC = 7, REC = 8,
        REASON_PLACE_CHANGE = 9, HOME_POST = 10, PL_POST = 11, URN = 12;
    uasc, Uasc: SEX = 1, DOB = 2, DUC = 3;
    reviews, Reviews: DOB = 1, REVIEW = 2, REVIEW_CODE = 3;
    oc2, Oc2: DOB = 1, SDQ_SCORE = 2, SDQ_REASON = 3, CONVICTED = 4, HEALTH_CHECK = 5, IMMUNISATIONS = 6,
        TEETH_CHECK = 7, HEALTH_ASSESSMENT = 8, SUBSTANCE_MISUSE = 9, INTERVENTION_RECEIVED = 10,
        INTERVENTION_OFFERED = 11;
    oc3, Oc3: DOB = 1, IN_TOUCH = 2, ACTIV = 3, ACCOM = 4;
    ad1, Ad1: DATE_INT = 2, DATE_MATCH = 3, FOSTER_CARE = 4, NB_ADOPTR = 5, SEX_ADOPTR = 6, LS_ADOPTR = 7;
    placed, PlacedAdoption: DATE_PLACED = 2, DATE_PLACED_CEASED = 3, REASON_PLACED_CEASED = 4;
    perm, PrevPerm: PREV_PERM = 2, LA_PERM = 3, DATE_PERM = 4;
    missing, Missing: DOB = 1, MISSING = 2, MIS_START = 3, MIS_END = 4;
    workers, SwEpisodes: SW_ID = 2, SW_DECOM = 3, SW_DEC = 4, SW_REASON = 5;
    dolo, DoLo: DOB = 1, DOLO_START = 2, DOLO_END = 3;
}
