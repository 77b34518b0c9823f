//! **Formats**: the files that other people write, read without surprise.
//!
//! Owns the SSDA903 return as CSV: decoding, telling the tables apart, checking each row, and saying in plain
//! words what is wrong and how to mend it. Likewise Ofsted's lists of providers ([`ofsted`]), placements of the
//! Placements Data Standard ([`placements_standard`]), and the postcode directory ([`postcodes`]). It must never know money, the store or a path: it is handed
//! readers and gives back rows and findings. May import `kernel` alone.
//!
//! A row whose identity, nights or money cannot be trusted is *held*: it is reported and left out, and the
//! rows around it stand. A whole return is *refused* only when its tables cannot be told or read.
//!
//! ```
//! use formats::ssda903::{self, Source};
//! use kernel::ReturnYear;
//!
//! let header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n101,1,14/05/2011,WBRI,UN1,,\n";
//! let episodes = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN
//! 101,03/06/2022,S,C2,N1,U4,PR1,,,,,,
//! 101,31/13/2022,P,C2,N1,K2,PR4,,,,,,
//! ";
//! let year = ReturnYear::try_new(2023).unwrap();
//! let read = ssda903::read(
//!     vec![Source::new("a.csv", header.as_bytes()), Source::new("b.csv", episodes.as_bytes())],
//!     year,
//! )
//! .unwrap();
//!
//! assert_eq!((read.headers.len(), read.episodes.len()), (1, 1));
//! let finding = &read.findings[0];
//! assert_eq!((finding.code, finding.line, finding.held), ("141", 3, true));
//! assert_eq!(finding.sentence, "DECOM 31/13/2022 is not a date; write day/month/year, such as 14/05/2025.");
//! ```

pub mod households;
pub mod ofsted;
pub mod placements_standard;
pub mod postcodes;
pub mod ssda903;
mod text;
