//! **Kernel**: the ground that both wings stand on.
//!
//! Owns nights and half-open ranges, the years that turn on different days, typed opaque references, the
//! dated SSDA903 code sets, the dated register of councils, postcode districts on an integer grid, and masked text. It must never know money, nor
//! do I/O, read a clock or draw a random number.
//!
//! ```
//! use kernel::{Night, Nights};
//!
//! // Arrives on Monday 31 March, leaves on Monday 14 April: fourteen nights, the last that of the 13th.
//! let arrival = Night::parse_british("31/03/2025").unwrap();
//! let departure = Night::parse_iso("2025-04-14").unwrap();
//! let stay = Nights::try_new(arrival, departure).unwrap();
//! assert_eq!(stay.count(), 14);
//! assert_eq!(stay.last().to_string(), "13 April 2025");
//! ```

mod codes;
mod council;
mod geography;
mod id;
mod masked;
mod night;
mod years;

pub use codes::{Code, CodeSet};
pub use council::{Council, CouncilCode, Region, council, councils, find, find_on};
pub use geography::{District, GridPoint, Nation, Tenths, district, districts, outcode, upper_tier};
pub use id::{ChildRef, EpisodeId, PlacementId, Seq};
pub use masked::Masked;
pub use night::{Night, Nights};
pub use years::{FinancialYear, Period, ReturnYear, TaxYear};
