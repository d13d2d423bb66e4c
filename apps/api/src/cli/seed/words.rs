//! The words that seeded workshops and people are made of. All contact details are ones that
//! regulators keep for fiction: `.example` and `.test` domains, ACMA's numbers for creative works.

/// A place with its state and postcode.
pub(super) struct Place {
    pub(super) suburb: &'static str,
    pub(super) state: &'static str,
    pub(super) postcode: &'static str,
}

const fn place(suburb: &'static str, state: &'static str, postcode: &'static str) -> Place {
    Place { suburb, state, postcode }
}

/// Suburbs and towns where workshops are.
#[rustfmt::skip]
pub(super) const PLACES: &[Place] = &[
    place("Parramatta", "NSW", "2150"), place("Penrith", "NSW", "2750"), place("Newtown", "NSW", "2042"),
    place("Wollongong", "NSW", "2500"), place("Dubbo", "NSW", "2830"), place("Wagga Wagga", "NSW", "2650"),
    place("Tamworth", "NSW", "2340"), place("Coffs Harbour", "NSW", "2450"), place("Brookvale", "NSW", "2100"),
    place("Footscray", "VIC", "3011"), place("Dandenong", "VIC", "3175"), place("Geelong", "VIC", "3220"),
    place("Ballarat", "VIC", "3350"), place("Bendigo", "VIC", "3550"), place("Shepparton", "VIC", "3630"),
    place("Brunswick", "VIC", "3056"), place("Moorabbin", "VIC", "3189"), place("Traralgon", "VIC", "3844"),
    place("Fortitude Valley", "QLD", "4006"), place("Ipswich", "QLD", "4305"), place("Toowoomba", "QLD", "4350"),
    place("Cairns", "QLD", "4870"), place("Mackay", "QLD", "4740"), place("Rockhampton", "QLD", "4700"),
    place("Southport", "QLD", "4215"), place("Caboolture", "QLD", "4510"), place("Mount Isa", "QLD", "4825"),
    place("Fremantle", "WA", "6160"), place("Joondalup", "WA", "6027"), place("Bunbury", "WA", "6230"),
    place("Geraldton", "WA", "6530"), place("Kalgoorlie", "WA", "6430"), place("Osborne Park", "WA", "6017"),
    place("Glenelg", "SA", "5045"), place("Mount Gambier", "SA", "5290"), place("Whyalla", "SA", "5600"),
    place("Salisbury", "SA", "5108"), place("Hobart", "TAS", "7000"), place("Launceston", "TAS", "7250"),
    place("Devonport", "TAS", "7310"), place("Fyshwick", "ACT", "2609"), place("Belconnen", "ACT", "2617"),
    place("Darwin", "NT", "0800"), place("Alice Springs", "NT", "0870"),
];

/// Streets.
#[rustfmt::skip]
pub(super) const STREETS: &[&str] = &[
    "Station Street", "Railway Parade", "Industrial Drive", "High Street", "Church Street", "Albert Road",
    "Victoria Street", "Princes Highway", "Foundry Road", "Enterprise Way", "Mill Lane", "Depot Street",
    "Smith Street", "Harbour Road", "Bridge Street", "Commercial Road",
];

/// What follows the name of a place or a family.
#[rustfmt::skip]
pub(super) const TRADES: &[&str] = &[
    "Automotive", "Auto Repairs", "Motors", "Mechanical", "Auto Electrics", "Tyre & Brake", "Car Care",
    "Diesel Service", "4WD Centre", "Smash Repairs", "Transmissions", "Exhaust & Suspension", "Auto Service",
    "European Motors", "Fleet Services", "Radiators & Air",
];

/// Given names, as common in Australia.
#[rustfmt::skip]
pub(super) const GIVEN_NAMES: &[&str] = &[
    "Oliver", "Charlotte", "Noah", "Amelia", "Jack", "Isla", "Leo", "Mia", "William", "Ava", "Thomas", "Grace",
    "Lachlan", "Matilda", "Cooper", "Ruby", "Minh", "Linh", "Wei", "Mei", "Arjun", "Priya", "Ahmed", "Fatima",
    "Giovanni", "Sofia", "Dimitri", "Eleni", "Tane", "Aroha", "Jarrah", "Kirra", "Bruce", "Sheila", "Craig",
    "Michelle", "Darren", "Karen", "Shane", "Kylie",
];

/// Family names, as common in Australia.
#[rustfmt::skip]
pub(super) const FAMILY_NAMES: &[&str] = &[
    "Smith", "Jones", "Williams", "Brown", "Wilson", "Taylor", "Nguyen", "Johnson", "Martin", "White", "Anderson",
    "Walker", "Thompson", "Thomas", "Lee", "Harris", "Ryan", "Robinson", "Kelly", "King", "Campbell", "Davis",
    "Wright", "Evans", "Roberts", "Green", "Hall", "Wood", "Jackson", "Clarke", "Patel", "Khan", "Tran", "Singh",
    "Wang", "Chen", "Rossi", "Papadopoulos", "Kovac", "Murphy", "Mitchell", "McDonald", "Cooper", "Baker",
];
