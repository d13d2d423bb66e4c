//! The keys of tokens, derived from the configured roots: one per root, audience and purpose (HKDF-SHA256), so that
//! no token of one kind can pass as another, and roots can be changed while running.

use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use jsonwebtoken::{DecodingKey, EncodingKey};
use kernel::Audience;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Least bytes of a root.
pub const MIN_ROOT_BYTES: usize = 32;
const DERIVED_BYTES: usize = 32;
/// Bytes of a key's public name.
pub(crate) const KEY_ID_BYTES: usize = 6;

/// The roots' text is wrong; never tells a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadSigningKeys(String);

/// A key that signs or checks access tokens of one audience.
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) encoding: EncodingKey,
    pub(crate) decoding: DecodingKey,
}

/// A key that signs and checks refresh tokens of one audience.
pub(crate) struct RefreshKey {
    pub(crate) id: [u8; KEY_ID_BYTES],
    pub(crate) secret: SecretBox<[u8; DERIVED_BYTES]>,
}

struct Ring {
    access: Vec<AccessKey>,
    refresh: Vec<RefreshKey>,
}

/// All keys; the first root's sign, all roots' check.
///
/// ```
/// use auth::SigningKeys;
/// use secrecy::SecretString;
/// let jwt = SecretString::from("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
/// let refresh = SecretString::from("ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=");
/// SigningKeys::parse(&jwt, &refresh)?;
/// assert!(SigningKeys::parse(&SecretString::from("c2hvcnQ="), &refresh).is_err());
/// # Ok::<(), auth::BadSigningKeys>(())
/// ```
pub struct SigningKeys {
    admin: Ring,
    tenant: Ring,
    throttle: SecretBox<[u8; DERIVED_BYTES]>,
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeys").finish_non_exhaustive()
    }
}

impl SigningKeys {
    /// Reads the roots of access and of refresh tokens: each one or more secrets of at least 32 bytes in base64,
    /// separated by commas.
    ///
    /// # Errors
    /// [`BadSigningKeys`] that tells which entry is wrong.
    pub fn parse(access_roots: &SecretString, refresh_roots: &SecretString) -> Result<Self, BadSigningKeys> {
        let access = roots("the roots of access tokens", access_roots)?;
        let refresh = roots("the roots of refresh tokens", refresh_roots)?;
        let throttle = access.first().map(|root| derive(root, "throttle")).unwrap_or_default();
        Ok(Self {
            admin: ring(&access, &refresh, "admin"),
            tenant: ring(&access, &refresh, "tenant"),
            throttle: SecretBox::new(Box::new(*throttle)),
        })
    }

    /// The key that signs access tokens.
    pub(crate) fn signing(&self, kind: Audience) -> Option<&AccessKey> {
        self.ring(kind).access.first()
    }

    /// The key that a token names, if it is in the ring of its audience.
    pub(crate) fn checking(&self, kind: Audience, id: &str) -> Option<&AccessKey> {
        self.ring(kind).access.iter().find(|key| key.id == id)
    }

    /// The key that signs refresh tokens.
    pub(crate) fn refresh_signing(&self, kind: Audience) -> Option<&RefreshKey> {
        self.ring(kind).refresh.first()
    }

    /// The key that a refresh token names.
    pub(crate) fn refresh_checking(&self, kind: Audience, id: &[u8; KEY_ID_BYTES]) -> Option<&RefreshKey> {
        self.ring(kind).refresh.iter().find(|key| key.id == *id)
    }

    /// The key under which addresses and networks are counted, so that the table of attempts names nobody.
    pub(crate) fn throttle(&self) -> &[u8; DERIVED_BYTES] {
        self.throttle.expose_secret()
    }

    fn ring(&self, kind: Audience) -> &Ring {
        match kind {
            Audience::Admin => &self.admin,
            Audience::Tenant => &self.tenant,
        }
    }
}

fn roots(name: &str, text: &SecretString) -> Result<Vec<Zeroizing<Vec<u8>>>, BadSigningKeys> {
    let mut roots = Vec::new();
    for (position, entry) in text.expose_secret().split(',').map(str::trim).enumerate() {
        let wrong = |why: &str| BadSigningKeys(format!("{name}: entry {} {why}", position + 1));
        let root = Zeroizing::new(BASE64_STANDARD.decode(entry).map_err(|_| wrong("is no base64"))?);
        if root.len() < MIN_ROOT_BYTES {
            return Err(wrong("must have at least 32 bytes"));
        }
        if roots.contains(&root) {
            return Err(wrong("was there before"));
        }
        roots.push(root);
    }
    Ok(roots)
}

fn ring(access: &[Zeroizing<Vec<u8>>], refresh: &[Zeroizing<Vec<u8>>], audience: &str) -> Ring {
    let access_key = |root: &Zeroizing<Vec<u8>>| {
        let secret = derive(root, &format!("access/{audience}"));
        AccessKey {
            id: BASE64_URL_SAFE_NO_PAD.encode(key_id(root, &format!("access-id/{audience}"))),
            encoding: EncodingKey::from_secret(secret.as_slice()),
            decoding: DecodingKey::from_secret(secret.as_slice()),
        }
    };
    let refresh_key = |root: &Zeroizing<Vec<u8>>| RefreshKey {
        id: key_id(root, &format!("refresh-id/{audience}")),
        secret: SecretBox::new(Box::new(*derive(root, &format!("refresh/{audience}")))),
    };
    Ring { access: access.iter().map(access_key).collect(), refresh: refresh.iter().map(refresh_key).collect() }
}

/// A public name that tells nothing of the root.
fn key_id(root: &[u8], purpose: &str) -> [u8; KEY_ID_BYTES] {
    let full = derive(root, purpose);
    let mut id = [0; KEY_ID_BYTES];
    id.copy_from_slice(&full[..KEY_ID_BYTES]);
    id
}

#[expect(clippy::expect_used, reason = "32 bytes are always within what HKDF-SHA256 can give")]
fn derive(root: &[u8], purpose: &str) -> Zeroizing<[u8; DERIVED_BYTES]> {
    let mut key = Zeroizing::new([0; DERIVED_BYTES]);
    let info = format!("nextcrm/v1/{purpose}");
    Hkdf::<Sha256>::new(None, root).expand(info.as_bytes(), key.as_mut_slice()).expect("a short output");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    const TWO: &str = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

    #[test]
    fn an_older_root_still_checks_but_does_not_sign() {
        let text = |value: &str| SecretString::from(value);
        let old = SigningKeys::parse(&text(ONE), &text(TWO)).expect("keys");
        let new = SigningKeys::parse(&text(&format!("{TWO},{ONE}")), &text(TWO)).expect("keys");
        let old_id = &old.signing(Audience::Admin).expect("a key").id;
        assert!(new.checking(Audience::Admin, old_id).is_some());
        assert_ne!(&new.signing(Audience::Admin).expect("a key").id, old_id);
        assert!(new.checking(Audience::Tenant, old_id).is_none(), "the audiences share no key");
    }

    #[test]
    fn wrong_roots_are_named_but_not_shown() {
        let parse = |value: &str| SigningKeys::parse(&SecretString::from(value), &SecretString::from(TWO));
        let message = |value: &str| parse(value).expect_err("wrong").to_string();
        assert_eq!(message("AAAA"), "the roots of access tokens: entry 1 must have at least 32 bytes");
        assert_eq!(message(&format!("{ONE},%")), "the roots of access tokens: entry 2 is no base64");
        assert_eq!(message(&format!("{ONE},{ONE}")), "the roots of access tokens: entry 2 was there before");
    }
}
