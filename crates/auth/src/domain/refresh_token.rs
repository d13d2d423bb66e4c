//! Refresh tokens: base64url of version, key name, session id, counter and HMAC-SHA256 over all of it.
//!
//! A token is a function of its session and counter, so the database keeps a number instead of hashes, and the
//! successor of a token is the same however often it is made.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Audience, SessionId};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use uuid::Uuid;

use super::signing_keys::{KEY_ID_BYTES, RefreshKey, SigningKeys};

const VERSION: u8 = 1;
const MAC_BYTES: usize = 32;
const BODY_BYTES: usize = 1 + KEY_ID_BYTES + 16 + 8;
const TOKEN_BYTES: usize = BODY_BYTES + MAC_BYTES;
/// Longer texts are not even decoded.
const MAX_TEXT: usize = 128;

/// What a refresh token with a good MAC says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    pub(crate) session_id: SessionId,
    pub(crate) counter: i64,
}

impl RefreshToken {
    /// The token's text, signed with the current key of its audience; `None` without a key.
    pub(crate) fn encode(self, keys: &SigningKeys, kind: Audience) -> Option<SecretString> {
        let key = keys.refresh_signing(kind)?;
        let mut bytes = Vec::with_capacity(TOKEN_BYTES);
        bytes.push(VERSION);
        bytes.extend_from_slice(&key.id);
        bytes.extend_from_slice(self.session_id.uuid().as_bytes());
        bytes.extend_from_slice(&self.counter.to_be_bytes());
        let mac = mac(key, &bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac);
        Some(SecretString::from(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Reads a client's text; `None` unless it is a token of ours for this audience.
    pub(crate) fn decode(text: &str, keys: &SigningKeys, kind: Audience) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let bytes: &[u8; TOKEN_BYTES] = bytes.as_slice().try_into().ok()?;
        let (body, tag) = bytes.split_at(BODY_BYTES);
        let (version, rest) = body.split_first()?;
        let (key_id, rest) = rest.split_first_chunk::<KEY_ID_BYTES>()?;
        let (session, counter) = rest.split_first_chunk::<16>()?;
        if *version != VERSION {
            return None;
        }
        // Compared in constant time.
        mac(keys.refresh_checking(kind, key_id)?, body).verify_slice(tag).ok()?;
        Some(Self {
            session_id: Uuid::from_bytes(*session).into(),
            counter: i64::from_be_bytes(counter.try_into().ok()?),
        })
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac(key: &RefreshKey, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.secret.expose_secret()).expect("a key of any length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ONE: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    const TWO: &str = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

    fn keys(refresh: &str) -> SigningKeys {
        SigningKeys::parse(&SecretString::from(ONE), &SecretString::from(refresh)).expect("keys")
    }

    fn token() -> RefreshToken {
        RefreshToken { session_id: Uuid::from_u128(7).into(), counter: 3 }
    }

    #[test]
    fn only_its_own_audience_and_keys_read_it() {
        let keys_now = keys(TWO);
        let text = token().encode(&keys_now, Audience::Admin).expect("a key");
        let text = text.expose_secret();
        assert_eq!(RefreshToken::decode(text, &keys_now, Audience::Admin), Some(token()));
        assert_eq!(RefreshToken::decode(text, &keys_now, Audience::Tenant), None);
        assert_eq!(RefreshToken::decode(text, &keys(ONE), Audience::Admin), None);
        let rotated = keys(&format!("{ONE},{TWO}"));
        assert_eq!(RefreshToken::decode(text, &rotated, Audience::Admin), Some(token()));
    }

    #[test]
    fn a_changed_bit_anywhere_spoils_it() {
        let keys = keys(TWO);
        let text = token().encode(&keys, Audience::Tenant).expect("a key");
        let good = BASE64_URL_SAFE_NO_PAD.decode(text.expose_secret()).expect("base64");
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let text = BASE64_URL_SAFE_NO_PAD.encode(bad);
            assert_eq!(RefreshToken::decode(&text, &keys, Audience::Tenant), None, "bit {bit}");
        }
    }

    proptest! {
        #[test]
        fn no_text_brings_it_down(text in "\\PC{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let keys = keys(TWO);
            prop_assert_eq!(RefreshToken::decode(&text, &keys, Audience::Admin), None);
            let text = BASE64_URL_SAFE_NO_PAD.encode(bytes);
            prop_assert_eq!(RefreshToken::decode(&text, &keys, Audience::Admin), None);
        }
    }
}
