use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::words::{FAMILY_NAMES, GIVEN_NAMES, PLACES, Place, STREETS, TRADES};

/// A made-up workshop.
pub(super) struct Workshop {
    /// As on the sign above the door.
    pub(super) name: String,
    /// The name as a DNS label, at most 40 characters; not unique by itself.
    pub(super) label: String,
    /// ABN, address, phone.
    pub(super) business_details: Value,
}

/// A made-up person.
pub(super) struct Person {
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
}

fn choose<T>(rng: &mut ChaCha8Rng, from: &'static [T]) -> &'static T {
    // The lists are constants and none is empty.
    from.choose(rng).unwrap_or(&from[0])
}

/// The next workshop.
pub(super) fn workshop(rng: &mut ChaCha8Rng) -> Workshop {
    let place = choose(rng, PLACES);
    let trade = choose(rng, TRADES);
    let family = choose(rng, FAMILY_NAMES);
    let name = match rng.random_range(0..4_u8) {
        0 => format!("{family} & Sons {trade}"),
        1 => format!("{family}'s {trade}"),
        2 => format!("{family} {} {trade}", place.suburb),
        _ => format!("{} {trade}", place.suburb),
    };
    let label = label(&name);
    Workshop { name, label, business_details: business_details(rng, place) }
}

/// The next person.
pub(super) fn person(rng: &mut ChaCha8Rng) -> Person {
    Person { first_name: choose::<&str>(rng, GIVEN_NAMES), last_name: choose::<&str>(rng, FAMILY_NAMES) }
}

fn business_details(rng: &mut ChaCha8Rng, place: &Place) -> Value {
    json!({
        "abn": abn(rng.random_range(0..1_000_000_000)),
        "address": {
            "street": format!("{} {}", rng.random_range(1..400_u16), choose(rng, STREETS)),
            "suburb": place.suburb,
            "state": place.state,
            "postcode": place.postcode,
            "country": "AU",
        },
        "phone": phone(rng, place.state),
    })
}

/// A landline that ACMA keeps for creative works.
fn phone(rng: &mut ChaCha8Rng, state: &str) -> String {
    let area = match state {
        "NSW" | "ACT" => 2,
        "VIC" | "TAS" => 3,
        "QLD" => 7,
        _ => 8,
    };
    format!("+61 {area} 5550 {:04}", rng.random_range(0..10_000_u16))
}

/// An Australian Business Number: two check digits before nine digits, so that the weighted sum, the
/// first digit lowered by one, is a multiple of 89 (abr.business.gov.au, "Format of the ABN").
pub(super) fn abn(body: u32) -> String {
    const WEIGHTS: [u32; 9] = [3, 5, 7, 9, 11, 13, 15, 17, 19];
    let digits = format!("{:09}", body % 1_000_000_000);
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    // The first two digits weigh 10 and 1, so what they must add is itself written in two digits.
    let check = 89 - sum % 89 + 10;
    format!("{check}{digits}")
}

/// Text as a DNS label: lower-case letters, digits and single hyphens inside.
fn label(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for c in text.chars().filter(|c| *c != '\'').map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() {
            label.push(c);
        } else if !label.ends_with('-') {
            label.push('-');
        }
    }
    label.truncate(40);
    label.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn abns_pass_the_registers_check() {
        const WEIGHTS: [u32; 11] = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
        // The register's own example: 51 824 753 556.
        assert_eq!(abn(824_753_556), "51824753556");
        for body in (0..1_000_000_000).step_by(12_345_677) {
            let abn = abn(body);
            let digits = abn.bytes().map(|digit| u32::from(digit - b'0'));
            let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
            assert_eq!((abn.len(), (sum - 10) % 89), (11, 0), "{abn}");
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_workshops() {
        let names = |seed| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            (0..5).map(|_| workshop(&mut rng).name).collect::<Vec<_>>()
        };
        assert_eq!(names(1), names(1));
        assert_ne!(names(1), names(2));
    }

    #[test]
    fn labels_are_dns_labels() {
        assert_eq!(label("O'Brien & Sons Tyre & Brake"), "obrien-sons-tyre-brake");
        assert!(label(&"x ".repeat(60)).len() <= 40);
    }
}
